import type { BacklogShare, BatchId, WebhookId } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import { PARTITION_LUA } from "./keys.ts";
import type { PartitionLimits } from "./limits.ts";
import { script } from "./scripts/script.ts";

/** The queue that an attempt takes: `fresh` for first attempts of a healthy webhook, `retry` for all else. */
export type Lane = "fresh" | "retry";

/** A job to add: it says that a batch may be claimed. Late, repeated and stray ones do nothing. */
export interface Hint {
  readonly lane: Lane;
  readonly webhook: WebhookId;
  readonly batch: BatchId;
  readonly attempt: number;
  readonly hint: number;
  readonly delayMs: number;
}

/** A reservation that nobody claimed in time: its job may be lost. */
export interface OverdueReservation {
  readonly lane: Lane;
  readonly webhook: WebhookId;
  readonly batch: BatchId;
  readonly attempt: number;
  readonly hint: number;
}

/** Something that a script did and that is worth a log line. */
export interface Note {
  /** `unarchived`: it was given up before, and is let go without being in a file. */
  readonly kind: "expired" | "overflowed" | "split" | "lease-lost" | "unarchived";
  readonly webhook: WebhookId;
  readonly batch: BatchId;
  readonly events: number;
  readonly attempts: number;
  /** When the batch was begun, and when this happened. */
  readonly createdAtMs: number;
  readonly atMs: number;
}

/**
 * Why a batch was sealed: it had all the events, or all the bytes, that it may; its time was over; its webhook became
 * inactive; the clock of Redis was set back.
 */
export type SealReason = "full" | "bytes" | "window" | "inactive" | "clock";

/** How many batches were sealed, for each reason that there was. */
export type SealCounts = Readonly<Partial<Record<SealReason, number>>>;

/** What every script of a partition may answer beside its own fields. */
export interface PartitionReply {
  readonly hints: readonly Hint[];
  readonly overdue: readonly OverdueReservation[];
  readonly notes: readonly Note[];
  readonly sealed?: SealCounts;
  /** So many notices found no place. */
  readonly untold?: number;
}

/** What the scripts of a partition need at every call. */
export interface PartitionContext {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly limits: PartitionLimits;
  /** What the partition may store, by the last look at all of them; `undefined` = unlimited, or not known yet. */
  readonly share?: (partition: number) => BacklogShare | undefined;
  /**
   * What the clock of the partition's Redis should show, by a clock that only runs forward. Without it, or while they
   * disagree, nothing is deleted for its expiry.
   */
  readonly witnessMs?: (partition: number) => number | undefined;
  /** Tests pass a time; `undefined` = Redis' own clock. */
  readonly nowMs?: () => number;
}

/** The limits that hold for one partition now. */
export function limitsOf({ limits, share }: PartitionContext, partition: number): PartitionLimits {
  return { ...limits, ...share?.(partition) };
}

export type PartitionScript<Own> = (
  context: PartitionContext,
  partition: number,
  args: readonly (string | number | Buffer)[],
) => Promise<PartitionReply & Own>;

/** In front of every script of a partition, in this order. */
const SHARED_LUA = [
  "usage.lua",
  "partition.lua",
  "tell.lua",
  "batch-ends.lua",
  "cold.lua",
  "batch-moves.lua",
  "advance.lua",
];

interface PartitionScriptOptions {
  /** Lua that is put behind what all of them share. */
  readonly shared?: readonly string[];
  /** See `script`. */
  readonly takesIn?: boolean;
}

/** A Lua script that works on one partition: what all of them share is in front of it, then `shared`. */
export function partitionScript<Own>(
  file: string,
  { shared = [], takesIn = false }: PartitionScriptOptions = {},
): PartitionScript<Own> {
  const run = script(file, { prelude: PARTITION_LUA, after: [...SHARED_LUA, ...shared], takesIn });
  return async (context, partition, args) => {
    const { redis, keys, nowMs } = context;
    const now = nowMs === undefined ? "" : String(nowMs());
    const limits = JSON.stringify({ ...limitsOf(context, partition), witnessMs: context.witnessMs?.(partition) });
    const text = await run(redis, [keys.partition(partition).base], [now, limits, ...args]);
    const reply = JSON.parse(String(text)) as Record<string, unknown>;
    // An empty Lua table is encoded as {}.
    for (const list of ["hints", "overdue", "notes"]) if (!Array.isArray(reply[list])) reply[list] = [];
    return reply as unknown as PartitionReply & Own;
  };
}
