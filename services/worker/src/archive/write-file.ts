import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { archiveFileName, createEventLines } from "@posthorn/core";
import type { ArchiveFile } from "@posthorn/core";

/** The body of a batch was not there as a whole any more. */
export class IncompleteBodyError extends Error {
  constructor(readBytes: number, bodyBytes: number) {
    super(`${readBytes} of the ${bodyBytes} bytes of a batch could be read`);
  }
}

/** What a file is called that is not whole: the next sweep of the folder removes it when its writer has died. */
export const PART_NAME = /^\..+\.part$/;

/**
 * Writes a batch to its file, one event a line, compressed, and resolves to the file's name once it is on the disk. No more
 * than some hundred kB are in memory at a time. A file is there as a whole or not at all, whoever else writes it meanwhile:
 * throws `IncompleteBodyError` when the body ends early, as that of a batch that somebody else has let go.
 */
export async function writeArchiveFile(options: {
  readonly dir: string;
  readonly file: ArchiveFile;
  /** The batch's body, and how long it is. */
  readonly body: AsyncIterable<Buffer>;
  readonly bodyBytes: number;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { dir, file, body, bodyBytes, signal } = options;
  const name = archiveFileName(file);
  const part = join(dir, `.${name}.${randomUUID()}.part`);
  // Events hold addresses of people: nobody else reads them.
  const handle = await open(part, "wx", 0o600);
  try {
    try {
      const write = async (source: AsyncIterable<Buffer>): Promise<void> => {
        for await (const packed of source) await handle.appendFile(packed);
      };
      let readBytes = 0;
      const counted = async function* (): AsyncGenerator<Buffer> {
        for await (const bytes of body) {
          readBytes += bytes.length;
          yield bytes;
        }
      };
      await pipeline(Readable.from(linesOf(counted())), createGzip(), write, { signal });
      if (readBytes !== bodyBytes) throw new IncompleteBodyError(readBytes, bodyBytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, join(dir, name));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await syncFolder(dir);
  return name;
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const toLines = createEventLines();
  for await (const part of body) yield toLines(part);
}

/** Without it the file's name may be gone after a crash of the machine. */
async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, "r").catch(() => undefined);
  // Where folders cannot be opened, as on Windows, there is nothing that could be done.
  if (handle === undefined) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
