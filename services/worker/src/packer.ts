import { setTimeout as delay } from "node:timers/promises";
import type { Packing } from "@posthorn/store";
import type { WarnSparingly } from "@posthorn/runtime";

/** While nothing is cold, each partition is looked at about this often; a look writes nothing. */
const REST_MS = 1_000;
/** A stop waits no longer for a Redis that does not answer: what is packed half is as good as what is not. */
const STOP_PATIENCE_MS = 1_000;

export interface Packer {
  /** Resolves when the text in hand is packed, if that is soon; the rest of its batch is left to whoever comes next. */
  stop(): Promise<void>;
}

/** Packs what is cold in all partitions, one text at a time and off the event loop. */
export function startPacker(deps: {
  readonly packing: Packing;
  readonly partitions: () => readonly number[];
  readonly warn: WarnSparingly;
}): Packer {
  const { packing, partitions, warn } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;

  /** Resolves to true when more is due. */
  const packSome = async (partition: number): Promise<boolean> => {
    try {
      return (await packing.isDue(partition)) && !signal.aborted && (await packing.packNext(partition, signal));
    } catch (error) {
      if (!signal.aborted) warn(error, "packing.failed", { partition });
      return false;
    }
  };

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      let isMore = false;
      // In turn, so that much of one partition keeps no other waiting.
      for (const partition of partitions()) isMore = (await packSome(partition)) || isMore;
      if (!isMore) await delay(REST_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const ended = loop();

  return {
    stop: async () => {
      stopping.abort();
      await Promise.race([ended, delay(STOP_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}
