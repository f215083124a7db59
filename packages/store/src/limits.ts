import type { BacklogShare } from "@posthorn/core";

/** When a batch is sealed and how long things may be held; handed to every script of a partition. */
export interface PartitionLimits extends Partial<BacklogShare> {
  readonly maxEvents: number;
  /** Of a request body, brackets included. */
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly expiryMs: number;
  /** Slots of a webhook that sets none of its own. */
  readonly concurrency: number;
  readonly probeMaxMs: number;
  /** How long a worker may hold a batch without renewing. */
  readonly leaseMs: number;
  /** Somebody tells the operator what happens to webhooks. */
  readonly notices?: boolean;
  /** After this long the job of a reservation is looked for. */
  readonly reservationMs: number;
}

/** After a jump of Redis' clock nothing is deleted for its expiry for so long. */
export const CALM_MS = 10 * 60_000;
export const LEASE_MS = 8_000;
export const RESERVATION_MS = 5_000;
