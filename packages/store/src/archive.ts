import type { BatchId } from "@posthorn/core";
import { readBatchBody } from "./chunk-reader.ts";
import type { Note, PartitionContext } from "./partition-script.ts";
import { announceArchive } from "./scripts/announce-archive.ts";
import { finishArchive } from "./scripts/finish-archive.ts";
import { keepArchive } from "./scripts/keep-archive.ts";
import { takeArchive } from "./scripts/take-archive.ts";
import type { SetAside } from "./scripts/take-archive.ts";
import { guarded } from "./unavailable.ts";

/**
 * Batches that are given up, since they expired or overflowed, go into files before they are deleted, where some worker
 * writes such files. Scripts set them aside: they are nobody's then and go by no clock, and one worker at a time has each of
 * them to write. Who says nothing for a while leaves it to others; what nobody writes within a day is let go, with a note.
 */
export interface Archive {
  /** Says that somebody writes files: for five minutes from now, what is given up in the partition is set aside. */
  announce(partition: number): Promise<void>;
  /** Whether anything was set aside; a read only. */
  isDue(partition: number): Promise<boolean>;
  /** The next batch to write; `undefined` = others have all there are. */
  take(partition: number): Promise<SetAside | undefined>;
  /** Its body, streamed. */
  read(partition: number, batch: BatchId): AsyncGenerator<Buffer>;
  /** To be called more often than `ARCHIVE_LEASE_MS`; false = it is somebody else's by now. */
  keep(partition: number, batch: BatchId): Promise<boolean>;
  /** It is in a file; false = it was let go before. */
  end(partition: number, batch: BatchId): Promise<boolean>;
  /** It cannot be read, and so never will be in a file. */
  lose(partition: number, batch: BatchId): Promise<void>;
}

/** Longer than a busy disk may keep silent. */
export const ARCHIVE_LEASE_MS = 30_000;
const ANNOUNCED_FOR_MS = 5 * 60_000;

export function createArchive(deps: {
  readonly context: PartitionContext;
  /** Tells the worker from all others. */
  readonly worker: string;
  readonly onNote: (note: Note, partition: number) => void;
}): Archive {
  const { context, worker, onNote } = deps;
  const { redis, keys } = context;

  const finish = async (partition: number, batch: BatchId, isLost: boolean): Promise<boolean> => {
    const { done, reply } = await finishArchive(context, partition, { batch, isLost });
    for (const note of reply.notes) onNote(note, partition);
    return done;
  };

  return {
    announce: (partition) => announceArchive(context, partition, ANNOUNCED_FOR_MS),
    isDue: async (partition) => (await guarded(redis.exists(keys.partition(partition).archive))) === 1,
    take: (partition) => takeArchive(context, partition, { worker, leaseMs: ARCHIVE_LEASE_MS }),
    read: (partition, batch) => readBatchBody(redis, keys.partition(partition), batch),
    keep: (partition, batch) => keepArchive(context, partition, { batch, worker, leaseMs: ARCHIVE_LEASE_MS }),
    end: (partition, batch) => finish(partition, batch, false),
    lose: async (partition, batch) => {
      await finish(partition, batch, true);
    },
  };
}
