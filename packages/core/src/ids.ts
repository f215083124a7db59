/** Ids are branded so that one kind can never be passed for another; each is parsed once, at the border. */
declare const brand: unique symbol;
type Branded<Kind extends string> = string & { readonly [brand]: Kind };

/** A webhook's id: a UUID, lower case. */
export type WebhookId = Branded<"webhook">;
/** A batch's id: a UUID, lower case; sent as `X-MessageSystems-Batch-ID` on every attempt of the batch. */
export type BatchId = Branded<"batch">;
/** One ingest request: the sender's `Idempotency-Key` scoped to its API key, or a generated id. */
export type RequestId = Branded<"request">;
/** A stored API key's id: twelve hexadecimal digits, lower case; part of the key's text, and no secret. */
export type ApiKeyId = Branded<"api-key">;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id in `value`, or `undefined` when it is no UUID. Upper case is folded. */
export function webhookId(value: string): WebhookId | undefined {
  const folded = value.toLowerCase();
  return UUID.test(folded) ? (folded as WebhookId) : undefined;
}

/** The id in `value`, or `undefined` when it is no UUID. Upper case is folded. */
export function batchId(value: string): BatchId | undefined {
  const folded = value.toLowerCase();
  return UUID.test(folded) ? (folded as BatchId) : undefined;
}

/** The id in `value`, or `undefined` when it is no id of a key. */
export function apiKeyId(value: string): ApiKeyId | undefined {
  return /^[0-9a-f]{12}$/.test(value) ? (value as ApiKeyId) : undefined;
}
