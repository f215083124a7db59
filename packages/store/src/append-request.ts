import type { Chunk, RequestId, WebhookId } from "@posthorn/core";

/** The events of one request that the same set of webhooks wants, in the request's order. */
export interface AppendGroup {
  readonly webhooks: readonly WebhookId[];
  readonly chunks: readonly Chunk[];
}

/** One request's share for one partition; stored as a whole or not at all. */
export interface AppendRequest {
  readonly partition: number;
  readonly requestId: RequestId;
  readonly groups: readonly AppendGroup[];
  /** How long a repetition under the same `requestId` is recognised. */
  readonly doneTtlMs: number;
  /** A W3C `traceparent`, by which attempts of the events are linked with the request. */
  readonly trace?: string | undefined;
}

/**
 * `full`: the store is, and nothing of the request was stored; `unwanted`: nor was it, since none of the webhooks takes
 * events any more.
 */
export type AppendAnswer = "stored" | "full" | "unwanted";

/**
 * Appends to the open batches. Resolves once Redis has stored it durably; repeating it under the same request id
 * changes nothing. Throws `StoreUnavailableError` when Redis is away (whether it was stored is then unknown).
 */
export type Append = (request: AppendRequest) => Promise<AppendAnswer>;
