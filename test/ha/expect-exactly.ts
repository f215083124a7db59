import type { Receiver } from "../support/receiver.ts";
import { numbersOf } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const PATIENCE_MS = 60_000;

interface Expected {
  /** The numbers of the events that were acknowledged. */
  readonly accepted: readonly number[];
  /** What may come in two batches: it went out before it was acknowledged, and then the Redis that knew was lost. */
  readonly repeated?: ReadonlySet<number>;
}

/**
 * Every one of these events has arrived, each in one batch: a batch may come more than once, with the same bytes. What
 * else has arrived was never acknowledged.
 */
export async function expectExactly(
  { batches }: Receiver,
  { accepted, repeated = new Set() }: Expected,
): Promise<void> {
  const seen = new Set<number>();
  let read = 0;
  await waitFor(
    "every event that was acknowledged",
    () => {
      for (; read < batches.length; read++) for (const n of numbersOf(batches[read]?.events ?? [])) seen.add(n);
      return accepted.every((n) => seen.has(n));
    },
    PATIENCE_MS,
  ).catch((error: unknown) => {
    const lost = accepted.filter((n) => !seen.has(n));
    throw new Error(`${lost.length} events were lost: ${lost.slice(0, 20).join(", ")} …`, { cause: error });
  });
  const known = new Map<string, Buffer>();
  const batchOf = new Map<number, string>();
  const problems: string[] = [];
  for (const { batchId, body, events } of batches) {
    if (known.has(batchId)) {
      if (known.get(batchId)?.equals(body) !== true) problems.push(`batch ${batchId} came with other bytes`);
      continue;
    }
    known.set(batchId, body);
    for (const n of numbersOf(events)) {
      if (batchOf.has(n) && !repeated.has(n))
        problems.push(`event ${n} is in the batches ${batchOf.get(n)} and ${batchId}`);
      batchOf.set(n, batchId);
    }
  }
  expect(problems).toEqual([]);
  expect(accepted.length).toBe(new Set(accepted).size);
}
