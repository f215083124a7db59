import type { BacklogRow, Backlogs } from "@posthorn/store";

/** What waits, for one webhook or for several. */
interface Waiting {
  readonly batches: number;
  readonly events: number;
  readonly bytes: number;
  /** 0 = nothing waits. */
  readonly oldestAgeSeconds: number;
}

export interface FoldedBacklogs {
  readonly all: Waiting;
  /** The largest ones by webhook, and all others together as `other`, if there are any. */
  readonly byWebhook: ReadonlyMap<string, Waiting>;
  readonly failingWebhooks: number;
  readonly openBatches: number;
}

/** Makes few series of however many back-logs there are. */
export function foldBacklogs(
  { rows, untold, openBatches }: Backlogs,
  { nowMs, shown }: { readonly nowMs: number; readonly shown: number },
): FoldedBacklogs {
  const fold = (some: readonly BacklogRow[], moreBytes = 0): Waiting => {
    const oldest = Math.min(...some.map(({ oldestAtMs }) => oldestAtMs ?? Infinity));
    return {
      batches: some.reduce((sum, { batches }) => sum + batches, 0),
      events: some.reduce((sum, { events }) => sum + events, 0),
      bytes: some.reduce((sum, { bytes }) => sum + bytes, moreBytes),
      oldestAgeSeconds: oldest === Infinity ? 0 : Math.max(0, nowMs - oldest) / 1_000,
    };
  };
  const others = rows.slice(shown);
  return {
    all: fold(rows, untold.bytes),
    byWebhook: new Map<string, Waiting>([
      ...rows.slice(0, shown).map((row) => [row.webhook, fold([row])] as const),
      ...(others.length + untold.webhooks === 0 ? [] : [["other", fold(others, untold.bytes)] as const]),
    ]),
    failingWebhooks: rows.filter(({ isFailing }) => isFailing).length,
    openBatches,
  };
}
