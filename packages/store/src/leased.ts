import type { BatchId, WebhookHealth, WebhookId } from "@posthorn/core";
import { fromHealthFields } from "./health.ts";

/** One attempt handed out under a lease. */
export interface Leased {
  readonly kind: "leased";
  readonly batch: BatchId;
  readonly attempt: number;
  readonly webhook: WebhookId;
  /** The definition's revision that the partition knows; an older one in memory is out of date. */
  readonly revision: number;
  readonly events: number;
  readonly bodyBytes: number;
  readonly failedAttempts: number;
  readonly stalledUploads: number;
  readonly createdAtMs: number;
  readonly sealedAtMs: number;
  readonly expiresAtMs: number;
  /** Redis' time of the claim. */
  readonly nowMs: number;
  readonly health: WebhookHealth;
  readonly healthRevision: number;
  /** The whole body of a small batch, which then need not be read. */
  readonly body?: Buffer | undefined;
}

/** What `lease` of `lease.lua` tells. */
export interface LeaseReply extends Omit<Leased, "kind" | "health" | "healthRevision" | "body"> {
  readonly body?: string;
  readonly health: Readonly<Record<string, unknown>>;
}

export function leasedOf({ health, body, ...lease }: LeaseReply): Leased {
  return {
    kind: "leased",
    ...lease,
    health: fromHealthFields(health),
    healthRevision: Number(health["hr"] ?? 0),
    body: body === undefined ? undefined : Buffer.from(body),
  };
}
