import { setTimeout as delay } from "node:timers/promises";
import { ARCHIVE_LEASE_MS, MissingChunkError } from "@posthorn/store";
import type { Archive, SetAside } from "@posthorn/store";
import type { ArchiveSettings, Log, WarnSparingly } from "@posthorn/runtime";
import type { WorkerMetrics } from "../metrics.ts";
import { openArchiveFolder } from "./folder.ts";
import { IncompleteBodyError, writeArchiveFile } from "./write-file.ts";

/** While nothing was set aside, each partition is looked at about this often; a look writes nothing. */
const REST_MS = 1_000;
/** A full disk, or a folder that is not there, may take a while to mend. */
const AFTER_FAILURE_MS = 10_000;
const ANNOUNCE_EVERY_MS = 60_000;
const CLEAN_EVERY_MS = 3_600_000;
const STOP_PATIENCE_MS = 1_000;

export interface Archiver {
  /** What is being written is left to others, unless it is ready soon. */
  stop(): Promise<void>;
}

interface ArchiverDeps {
  readonly settings: ArchiveSettings;
  readonly archive: Archive;
  /** In use now. */
  readonly partitions: () => Promise<readonly number[]>;
  readonly metrics: Pick<WorkerMetrics, "archived" | "archiveFailed">;
  readonly log: Pick<Log, "info">;
  readonly warn: WarnSparingly;
  readonly afterFailureMs?: number;
}

/**
 * Writes what is given up to files, one at a time. What goes wrong stops no delivery: it is logged and counted, and what
 * was set aside waits, as long as there is room for it.
 */
export async function startArchiver(deps: ArchiverDeps): Promise<Archiver> {
  const { settings, archive, partitions, metrics, log, warn, afterFailureMs = AFTER_FAILURE_MS } = deps;
  const folder = openArchiveFolder(settings);
  const stopping = new AbortController();
  const { signal } = stopping;

  const failed = (error: unknown): void => {
    metrics.archiveFailed();
    warn(error, "archive.failed", { dir: settings.dir });
  };

  /** Keeps the batch while it is being written; another worker must not begin with it as well. */
  const write = async (partition: number, batch: SetAside): Promise<void> => {
    const { id, webhook, why, endedAtMs, events, bodyBytes } = batch;
    const timer = setInterval(() => {
      archive.keep(partition, id).catch((error: unknown) => warn(error, "archive.not-kept"));
    }, ARCHIVE_LEASE_MS / 3);
    try {
      const name = { endedAtMs, webhook, batch: id, why };
      const body = archive.read(partition, id);
      const file = await writeArchiveFile({ dir: settings.dir, file: name, body, bodyBytes, signal });
      folder.added();
      if (!(await archive.end(partition, id))) return;
      metrics.archived();
      log.info({ batch: id, webhook, why, events, file }, "batch.archived");
    } catch (error) {
      if (!(error instanceof MissingChunkError || error instanceof IncompleteBodyError)) throw error;
      // Who was silent for too long may find that another worker has written it.
      if (!(await archive.keep(partition, id))) return;
      failed(error);
      await archive.lose(partition, id);
    } finally {
      clearInterval(timer);
    }
  };

  /** Resolves to true when more may be there. */
  const writeNext = async (partition: number): Promise<boolean> => {
    if (!(await archive.isDue(partition)) || signal.aborted) return false;
    await folder.ensureRoom();
    const batch = await archive.take(partition);
    if (batch === undefined) return false;
    await write(partition, batch);
    return true;
  };

  const announcedAtMs = new Map<number, number>();
  /** What is given up from now on is set aside. */
  const announce = async (): Promise<readonly number[]> => {
    const all = await partitions();
    for (const partition of all) {
      if (performance.now() - (announcedAtMs.get(partition) ?? -Infinity) < ANNOUNCE_EVERY_MS) continue;
      await archive.announce(partition);
      announcedAtMs.set(partition, performance.now());
    }
    return all;
  };

  let cleanedAtMs = -Infinity;
  const clean = async (): Promise<void> => {
    if (performance.now() - cleanedAtMs < CLEAN_EVERY_MS) return;
    cleanedAtMs = performance.now();
    const files = await folder.clean();
    if (files > 0) log.info({ files, dir: settings.dir }, "archive.cleaned");
  };

  const turn = async (): Promise<number> => {
    try {
      const all = await announce();
      await clean().catch(failed);
      let isMore = false;
      // In turn, so that much of one partition keeps no other waiting.
      for (const partition of all) isMore = (await writeNext(partition)) || isMore;
      return isMore ? 0 : REST_MS;
    } catch (error) {
      if (!signal.aborted) failed(error);
      return afterFailureMs;
    }
  };

  const loop = async (): Promise<void> => {
    while (!signal.aborted) await delay(await turn(), undefined, { signal }).catch(() => undefined);
  };
  await announce().catch((error: unknown) => warn(error, "archive.not-announced"));
  const ended = loop();

  return {
    stop: async () => {
      stopping.abort();
      await Promise.race([ended, delay(STOP_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}
