import fc from "fast-check";

/** A well-formed HTTP request whose contents nobody expects. */
export interface AnyRequest {
  readonly method: string;
  /** `:id` stands for a webhook's id. */
  readonly path: string;
  /** Whether that webhook exists. */
  readonly isKnown: boolean;
  /** With its question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const BATCH = "3f1f4a52-0000-4000-8000-000000000000";
const UNKNOWN_ID = "11111111-1111-4111-8111-111111111111";

const BATCHES = "/api/v1/webhooks/:id/batches";
const ACTIONS = ["pause", "resume", "retry", "discard"];

/** Every path that the API has, and some that it has not, with the methods that may work there. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  "/api/v1/webhooks": ["GET", "POST"],
  "/api/v1/webhooks/": ["GET", "POST"],
  "/api/v1/webhooks/events/documentation": ["GET"],
  "/api/v1/webhooks/events/samples": ["GET"],
  "/api/v1/webhooks/:id": ["GET", "PUT", "DELETE"],
  "/api/v1/webhooks/:id/": ["GET", "PUT", "DELETE"],
  "/api/v1/webhooks/:id/validate": ["POST"],
  "/api/v1/webhooks/:id/batch-status": ["GET"],
  "/api/v1/webhooks/:id/rotate-secret": ["POST"],
  [BATCHES]: ["GET"],
  [`${BATCHES}/${BATCH}`]: ["GET"],
  [`${BATCHES}/${BATCH}/attempts`]: ["GET"],
  ...Object.fromEntries(
    ACTIONS.flatMap((action) => [
      [`/api/v1/webhooks/:id/${action}`, ["POST"]],
      [`${BATCHES}/${BATCH}/${action}`, ["POST"]],
    ]),
  ),
  "/api/v1/stats": ["GET"],
  "/api/v1/api-keys": ["GET", "POST"],
  "/api/v1/api-keys/:id": ["GET", "DELETE"],
  "/api/v1/definitions": ["GET", "PUT"],
  "/api/v1/events": ["POST"],
  "/api/v1/ingest/events": ["POST"],
  "/api/v1/openapi.json": ["GET"],
  "/healthz": ["GET"],
  "/readyz": ["GET"],
  "/nothing": ["GET"],
  "/api/v1/webhooks/%00": ["GET", "PUT", "DELETE"],
  "/api/v1/webhooks/%2e%2e%2f": ["GET"],
  "/api/v1/webhooks/%E0%A4%A": ["GET", "PUT"],
  "/api/v1/webhooks//batches": ["GET"],
  "/api/v1/webhooks/__proto__": ["GET", "PUT"],
  "//": ["GET"],
};

/** As a rule one that may work, so that what is behind a path is reached. */
const methodAndPath = fc.constantFrom(...Object.entries(METHODS)).chain(([path, methods]) =>
  fc.record({
    method: fc.oneof(
      { arbitrary: fc.constantFrom(...methods), weight: 3 },
      { arbitrary: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"), weight: 1 },
    ),
    path: fc.constant(path),
  }),
);

const FIELDS = [
  "name",
  "target",
  "events",
  "active",
  "auth_token",
  "auth_type",
  "auth_request_details",
  "auth_credentials",
  "custom_headers",
  "subaccount_id",
  "exception_subaccounts",
  "paused",
  "concurrency",
  "rate_limit",
  "signing",
  "tls_ca",
  "id",
  "links",
  "message",
  "secret",
  "overlap_seconds",
  "label",
  "grants",
  "expires_at",
  "__proto__",
  "constructor",
];

const word = fc.constantFrom(
  "********",
  "none",
  "basic",
  "oauth2",
  "open",
  "delivery",
  "http://127.0.0.1:1/",
  "admin",
  "\u0000",
  "",
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ stringUnit: "grapheme" }),
  word,
  fc.array(word, { maxLength: 4 }),
  fc.dictionary(
    fc.constantFrom("url", "body", "username", "password", "enabled", "secret", "x-a", "Host", "msys"),
    fc.oneof(word, fc.jsonValue()),
    {
      maxKeys: 4,
    },
  ),
  fc.constantFrom(-1, 0, 7, 1e21, 1.5, true, false, null),
);
const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 }).map((fields) => JSON.stringify(fields)),
  fc
    .array(fc.dictionary(fc.constantFrom(...FIELDS, "msys"), value, { maxKeys: 4 }), { maxLength: 3 })
    .map((list) => JSON.stringify(list)),
  fc.jsonValue().map((any) => JSON.stringify(any)),
  fc.string({ unit: "binary", maxLength: 60 }),
);
const query = fc.constantFrom(
  "",
  "?",
  "?timezone=UTC",
  "?timezone=Mars",
  "?timezone[]=a",
  "?limit=0",
  "?limit=5&limit=6",
  "?limit[a]=1",
  "?events=open%2Cclick",
  "?events=",
  "?events[]=x",
  "?cursor=x",
  "?state=x",
  "?dry_run=yes",
  "?mode=provision",
  "?__proto__=1",
  "?%E0%A4%A",
  "?timezone=UTC&timezone=UTC",
  `?cursor=${"x".repeat(2_000)}`,
);
const type = fc.constantFrom(
  "application/json",
  "application/json; charset=utf-8",
  "text/html",
  "application/x-ndjson",
  "",
);
const scope = fc.constantFrom(undefined, undefined, "0", "7", "x");

/** Any method with any path, query and body; GET and HEAD have none. */
export const anyRequest: fc.Arbitrary<AnyRequest> = fc
  .record({
    target: methodAndPath,
    isKnown: fc.boolean(),
    query,
    type,
    scope,
    body,
  })
  // The webhook that exists stays, so that the routes below it are reached.
  .filter(({ target: { method }, isKnown }) => method !== "DELETE" || !isKnown)
  .map(({ target, isKnown, query: asked, type: contentType, scope: subaccount, body: text }) => ({
    ...target,
    isKnown,
    query: asked,
    headers: {
      ...(contentType === "" ? {} : { "content-type": contentType }),
      ...(subaccount === undefined ? {} : { "x-msys-subaccount": subaccount }),
    },
    body: target.method === "GET" || target.method === "HEAD" ? undefined : text,
  }));

/** The path and query that the request is sent to. */
export function urlOf({ path, isKnown, query: text }: AnyRequest, knownId: string): string {
  return `${path.replace(":id", isKnown ? knownId : UNKNOWN_ID)}${text}`;
}
