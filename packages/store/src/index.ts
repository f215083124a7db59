export type { Append, AppendGroup, AppendRequest } from "./append-request.ts";
export type { DefinitionChange, Definitions, DefinitionWrite, PartitionApplier } from "./definitions.ts";
export type { Idempotency, IdempotencyBegin } from "./idempotency.ts";
export { StoreUnavailableError } from "./unavailable.ts";
