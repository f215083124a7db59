import type { Answer, Reference } from "./operation.ts";
import { REQUEST_ID } from "./operation.ts";
import { ref } from "./schema.ts";

interface Failure {
  readonly name: string;
  readonly description: string;
  readonly example: Readonly<Record<string, unknown>>;
  readonly hasRetryAfter?: boolean;
}

/** Every failure that an answer can tell of, by its status. */
const FAILURES = {
  400: {
    name: "Invalid",
    description: "Something in the path, query, headers or body is wrong. Every problem of a body is listed at once.",
    example: {
      message: "events[1] is not a known event type; GET /api/v1/webhooks/events/documentation lists them",
      param: "events[1]",
      value: "opened",
    },
  },
  401: {
    name: "Unauthorized",
    description: "There is no API key in the `Authorization` header, or it is unknown, revoked or expired.",
    example: {
      message: "Unauthorized.",
      description: "Send the API key in the Authorization header, as it is or as the user of HTTP Basic.",
    },
  },
  403: {
    name: "Forbidden",
    description: "The key is valid, but lacks the grant, or is bound to another subaccount.",
    example: {
      message: "Forbidden.",
      description:
        "This API key lacks the grant webhooks/modify: use a key that has it, or have one made (POST /api/v1/api-keys, or npm run keys).",
      code: "1100",
    },
  },
  404: {
    name: "NotFound",
    description: "Nothing of that id exists, or it is not the caller's to see.",
    example: {
      message: "Resource could not be found",
      description: "There is no webhook with this id.",
      code: "1600",
    },
  },
  408: {
    name: "TooSlow",
    description: "The body came too slowly: repeat the request.",
    example: {
      message:
        "The body came more slowly than 64 kB a second: repeat the request, with fewer events if the line is slow",
    },
    hasRetryAfter: true,
  },
  409: {
    name: "InProgress",
    description: "A request with this `Idempotency-Key` is being worked on: repeat it after `Retry-After` seconds.",
    example: {
      message: "A request with this Idempotency-Key is being worked on: repeat it later",
      param: "Idempotency-Key",
    },
    hasRetryAfter: true,
  },
  412: {
    name: "PreconditionFailed",
    description: "The request's headers ask for another state of the file than there is (`If-Match` and its like).",
    example: { message: "Precondition Failed: check the request's headers" },
  },
  413: {
    name: "TooLarge",
    description: "The body, or an event in it, is too large: send less at a time.",
    example: { message: "The body is larger than 1048576 bytes: send less" },
  },
  415: {
    name: "UnsupportedType",
    description: "The body has a `Content-Type` or `Content-Encoding` that this call does not read.",
    example: {
      message: "The body has to be JSON: send Content-Type: application/json",
      param: "Content-Type",
      value: "text/html",
      code: "1700",
    },
  },
  422: {
    name: "KeyReused",
    description:
      "This `Idempotency-Key` was used with another body, or for another subaccount, within the window: use a new key.",
    example: {
      message: "This Idempotency-Key was used with another body or subaccount: use a new key",
      param: "Idempotency-Key",
    },
  },
  429: {
    name: "TooManyCalls",
    description: "This key makes more management calls a second than `API_RATE_LIMIT` allows.",
    example: { message: "Too many calls with this API key: wait for the time in Retry-After" },
    hasRetryAfter: true,
  },
  500: {
    name: "Failed",
    description: "A fault of Posthorn: its log tells more under the answer's `X-Request-ID`.",
    example: {
      message: "Something failed inside Posthorn; its log tells more under this answer's X-Request-ID",
    },
  },
  503: {
    name: "Unavailable",
    description:
      "Redis is away or full, or too much is in flight. Nothing is lost: repeat after `Retry-After` seconds.",
    example: { message: "The store is not available now: repeat the request" },
    hasRetryAfter: true,
  },
} as const satisfies Readonly<Record<number, Failure>>;

export type FailureStatus = keyof typeof FAILURES;

/** The answers of these failures, as an operation lists them. */
export function failures(...statuses: readonly FailureStatus[]): Readonly<Record<string, Reference>> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${FAILURES[status].name}` }]),
  );
}

/** A failure that one operation tells of in its own words and by its own examples. */
export function ownFailure(description: string, examples: Readonly<Record<string, Failure["example"]>>): Answer {
  return {
    description,
    headers: REQUEST_ID,
    content: {
      "application/json": {
        schema: ref("Errors"),
        examples: Object.fromEntries(
          Object.entries(examples).map(([name, example]) => [name, { value: { errors: [example] } }]),
        ),
      },
    },
  };
}

/** The shared answers themselves. */
export const FAILURE_ANSWERS: Readonly<Record<string, Answer>> = Object.fromEntries(
  Object.values(FAILURES).map((failure: Failure) => [failure.name, answerOf(failure)]),
);

/** What of these shared answers a body can be wrong by. */
export const INVALID_EXAMPLE: Failure["example"] = FAILURES[400].example;

function answerOf({ description, example, hasRetryAfter = false }: Failure): Answer {
  return {
    description,
    headers: {
      ...REQUEST_ID,
      ...(hasRetryAfter ? { "Retry-After": { $ref: "#/components/headers/RetryAfter" } } : {}),
    },
    content: { "application/json": { schema: ref("Errors"), example: { errors: [example] } } },
  };
}
