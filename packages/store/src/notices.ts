import type { PartitionContext } from "./partition-script.ts";
import { endNotice } from "./scripts/end-notice.ts";
import { postponeNotice } from "./scripts/postpone-notice.ts";
import { takeNotice } from "./scripts/take-notice.ts";
import type { Notice } from "./scripts/take-notice.ts";
import { guarded } from "./unavailable.ts";

/**
 * What the operator is to be told: scripts note it together with what happens, so that it is known once, whatever becomes
 * of the process that caused it. One process at a time has a notice to tell.
 */
export interface Notices {
  /** The next one that is due. Who does not end or postpone it in time leaves it to others. */
  take(partition: number): Promise<Notice | undefined>;
  /** It was told, or nobody will. */
  end(partition: number, notice: Notice): Promise<void>;
  postpone(partition: number, notice: Notice, byMs: number): Promise<void>;
}

/** Longer than it takes to tell one. */
export const NOTICE_LEASE_MS = 15_000;
/** Nothing is put off for longer. */
export const NOTICE_POSTPONED_MAX_MS = 60_000;
const DUE_AHEAD_MAX_MS = 2 * NOTICE_POSTPONED_MAX_MS;

export function createNotices(context: PartitionContext): Notices {
  return {
    take: async (partition) => {
      const { notices } = context.keys.partition(partition);
      // As a rule there is none, which costs a read.
      if ((await guarded(context.redis.exists(notices))) === 0) return undefined;
      return takeNotice(context, partition, { leaseMs: NOTICE_LEASE_MS, dueAheadMaxMs: DUE_AHEAD_MAX_MS });
    },
    end: (partition, notice) => endNotice(context, partition, notice),
    postpone: (partition, notice, byMs) => postponeNotice(context, partition, notice, byMs),
  };
}
