import { FAILURE_ANSWERS } from "./failures.ts";
import type { Answer, Paths } from "./operation.ts";
import { INTRODUCTION, TAGS } from "./introduction.ts";
import { API_KEY_PATHS } from "./paths/api-keys.ts";
import { BATCH_PATHS } from "./paths/batches.ts";
import { CATALOGUE_PATHS } from "./paths/catalogue.ts";
import { DEFINITION_PATHS } from "./paths/definitions.ts";
import { EVENT_PATHS } from "./paths/events.ts";
import { OPERATION_PATHS } from "./paths/operation.ts";
import { PAUSE_ALL_PATHS } from "./paths/pause-all.ts";
import { SESSION_PATHS } from "./paths/session.ts";
import { STATS_PATHS } from "./paths/stats.ts";
import { WEBHOOK_CHECK_PATHS } from "./paths/webhook-checks.ts";
import { WEBHOOK_PATHS } from "./paths/webhooks.ts";
import { ownSchemas } from "./schema.ts";
import type { Schema } from "./schema.ts";
import { API_KEY_SCHEMAS } from "./schemas/api-key.ts";
import { BATCH_SCHEMAS } from "./schemas/batch.ts";
import { BATCH_STATUS_SCHEMAS } from "./schemas/batch-status.ts";
import { CHECK_SCHEMAS } from "./schemas/check.ts";
import { DEFINITION_SCHEMAS } from "./schemas/definition.ts";
import { EVENT_SCHEMAS } from "./schemas/event.ts";
import { PROBLEM_SCHEMAS } from "./schemas/problem.ts";
import { SESSION_SCHEMAS } from "./schemas/session.ts";
import { STATS_SCHEMAS } from "./schemas/stats.ts";
import { WEBHOOK_SCHEMAS } from "./schemas/webhook.ts";
import { webhookInputSchemas } from "./schemas/webhook-input.ts";

interface Server {
  readonly url: string;
  readonly description: string;
}

interface Header {
  readonly description: string;
  readonly schema: Schema;
}

/** The whole HTTP API in OpenAPI 3.1. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly Server[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Paths;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly headers: Readonly<Record<string, Header>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

interface DocumentOptions {
  readonly version: string;
  /** Where the API is reached; `undefined` = where the document was read from. */
  readonly publicUrl: string | undefined;
  /** The event types that a webhook can want. */
  readonly eventTypes: readonly string[];
}

/** The server's root as seen from the document, so that it is right behind a proxy too. */
const HERE: Server = { url: "../..", description: "Where this document was read" };

/** Puts the document together. It is frozen: one object serves every request. */
export function createDocument({ version, publicUrl, eventTypes }: DocumentOptions): OpenApiDocument {
  return frozen({
    openapi: "3.1.0",
    info: {
      title: "Posthorn",
      version,
      summary: "Webhooks for mail servers",
      description: INTRODUCTION,
      license: { name: "Apache 2.0", identifier: "Apache-2.0" },
    },
    servers: publicUrl === undefined ? [HERE] : [{ url: publicUrl, description: "PUBLIC_URL" }],
    tags: TAGS,
    paths: {
      ...WEBHOOK_PATHS,
      ...WEBHOOK_CHECK_PATHS,
      ...BATCH_PATHS,
      ...DEFINITION_PATHS,
      ...CATALOGUE_PATHS,
      ...EVENT_PATHS,
      ...API_KEY_PATHS,
      ...STATS_PATHS,
      ...PAUSE_ALL_PATHS,
      ...SESSION_PATHS,
      ...OPERATION_PATHS,
    },
    components: {
      securitySchemes: {
        apiKey: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "The API key as it is, without a scheme before it.",
        },
        basicKey: { type: "http", scheme: "basic", description: "The API key as user, with an empty password." },
        metricsToken: { type: "http", scheme: "bearer", description: "`METRICS_TOKEN`, for `/metrics` only." },
      },
      headers: {
        IdempotentReplayed: {
          description:
            "There, as `true`, when the request had been stored under its `Idempotency-Key` before: this is the answer of then.",
          schema: { const: "true" },
        },
        RequestId: {
          description: "The id under which the log tells of this request.",
          schema: { type: "string", format: "uuid" },
        },
        RetryAfter: { description: "When to repeat the request, in seconds.", schema: { type: "integer", minimum: 1 } },
      },
      responses: FAILURE_ANSWERS,
      schemas: {
        ...PROBLEM_SCHEMAS,
        ...WEBHOOK_SCHEMAS,
        ...webhookInputSchemas(eventTypes),
        ...ownSchemas(CHECK_SCHEMAS),
        ...ownSchemas(DEFINITION_SCHEMAS),
        ...BATCH_STATUS_SCHEMAS,
        ...ownSchemas(BATCH_SCHEMAS),
        ...ownSchemas(STATS_SCHEMAS),
        ...EVENT_SCHEMAS,
        ...ownSchemas(API_KEY_SCHEMAS),
        ...ownSchemas(SESSION_SCHEMAS),
      },
    },
  });
}

function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value) as readonly unknown[]) {
    if (typeof member === "object" && member !== null && !Object.isFrozen(member)) frozen(member);
  }
  return Object.freeze(value);
}
