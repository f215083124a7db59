import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArchiveFileName } from "@posthorn/core";
import type { ArchiveSettings } from "@posthorn/runtime";
import { PART_NAME } from "./write-file.ts";

/** The folder of the archive, which several workers may share. */
export interface ArchiveFolder {
  /** Throws, with what to do, when no file may be written there now. */
  ensureRoom(): Promise<void>;
  /** A file was written. */
  added(): void;
  /** Removes files that are older than they are kept, and what writers that died have left; resolves to how many. */
  clean(): Promise<number>;
}

/** Counting means to read the whole folder. */
const COUNTED_FOR_MS = 60_000;
/** Whoever writes a file needs less. */
const PART_AGE_MAX_MS = 3_600_000;

export function openArchiveFolder(
  { dir, keepMs, maxFiles }: ArchiveSettings,
  now: () => number = Date.now,
): ArchiveFolder {
  let count = 0;
  let countedAtMs = -Infinity;

  const recount = async (): Promise<void> => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    count = (await readdir(dir)).filter((name) => parseArchiveFileName(name) !== undefined).length;
    countedAtMs = now();
  };

  const isOver = async (name: string): Promise<boolean> => {
    const file = parseArchiveFileName(name);
    if (file !== undefined) return file.endedAtMs < now() - keepMs;
    if (!PART_NAME.test(name)) return false;
    const { mtimeMs } = await stat(join(dir, name));
    return mtimeMs < now() - PART_AGE_MAX_MS;
  };

  return {
    ensureRoom: async () => {
      if (count >= maxFiles || Math.abs(now() - countedAtMs) > COUNTED_FOR_MS) await recount();
      if (count < maxFiles) return;
      throw new Error(
        `ARCHIVE_DIR ${dir} holds ${count} files, and ARCHIVE_MAX_FILES allows no more: move or delete old ones, or raise it`,
      );
    },
    added: () => {
      count += 1;
    },
    clean: async () => {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      let removed = 0;
      for (const name of await readdir(dir)) {
        // Another worker may remove it at the same moment.
        if (!(await isOver(name).catch(() => false))) continue;
        await rm(join(dir, name), { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}
