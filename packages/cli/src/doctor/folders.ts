import { access, constants, readdir, stat, statfs } from "node:fs/promises";
import { parseArchiveFileName } from "@posthorn/core";

/** What is known of a folder and its disk. */
export type FolderFacts =
  | { readonly kind: "missing"; readonly path: string; readonly code: string }
  | {
      readonly kind: "there";
      readonly path: string;
      readonly isWritable: boolean;
      /** Others than its owner may look inside. */
      readonly isOpenToOthers: boolean;
      readonly freeBytes: number;
      readonly totalBytes: number;
      /** Files of the archive. */
      readonly archiveFiles: number;
    };

export async function lookAtFolder(path: string): Promise<FolderFacts> {
  try {
    const [stats, disk, names] = await Promise.all([stat(path), statfs(path), readdir(path)]);
    const isWritable = await access(path, constants.W_OK).then(
      () => true,
      () => false,
    );
    return {
      kind: "there",
      path,
      isWritable,
      isOpenToOthers: process.platform !== "win32" && (stats.mode & 0o077) !== 0,
      freeBytes: disk.bavail * disk.bsize,
      totalBytes: disk.blocks * disk.bsize,
      archiveFiles: names.filter((name) => parseArchiveFileName(name) !== undefined).length,
    };
  } catch (error) {
    return { kind: "missing", path, code: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}
