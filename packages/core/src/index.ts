export { batchId, webhookId } from "./ids.ts";
export type { BatchId, RequestId, WebhookId } from "./ids.ts";
export type { Chunk } from "./chunk.ts";
export { isSuccess } from "./outcome.ts";
export type { AttemptOutcome, UnreachableReason } from "./outcome.ts";
export { DomainError } from "./problem.ts";
export type { DomainErrorCode, Problem, TargetResponse } from "./problem.ts";
export type { Sealed, Webhook } from "./webhook.ts";
