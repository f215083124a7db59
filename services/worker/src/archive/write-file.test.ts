import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { randomFillSync } from "node:crypto";
import type { ArchiveFile } from "@posthorn/core";
import { IncompleteBodyError, writeArchiveFile } from "./write-file.ts";

const FILE = {
  endedAtMs: Date.parse("2026-03-02T21:38:08Z"),
  webhook: "1cc94ef0-ab17-41e4-b135-0ff9de159aa7",
  batch: "a8272f63-9e28-58a6-b87c-125315e69246",
  why: "expired",
} as ArchiveFile;
const NEVER = new AbortController().signal;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "posthorn-archive-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function* bodyOf(...parts: string[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

test("the file has one event a line and is for nobody else to read", async () => {
  const name = await writeArchiveFile({
    dir,
    file: FILE,
    body: bodyOf('[{"n":', '1},{"n":2}', "]"),
    bodyBytes: 17,
    signal: NEVER,
  });
  expect(await readdir(dir)).toEqual([name]);
  expect(gunzipSync(await readFile(join(dir, name))).toString()).toBe('{"n":1}\n{"n":2}\n');
  expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
});

test("a body that breaks off leaves no file behind", async () => {
  const body = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from('[{"n":1}');
    throw new Error("Redis is away");
  };
  await expect(writeArchiveFile({ dir, file: FILE, body: body(), bodyBytes: 9, signal: NEVER })).rejects.toThrow(
    "Redis is away",
  );
  expect(await readdir(dir)).toEqual([]);
});

test("a body that somebody else has let go meanwhile takes no whole file's place", async () => {
  const whole = await writeArchiveFile({ dir, file: FILE, body: bodyOf('[{"n":1}]'), bodyBytes: 9, signal: NEVER });
  const short = writeArchiveFile({ dir, file: FILE, body: bodyOf("[]"), bodyBytes: 9, signal: NEVER });
  await expect(short).rejects.toThrow(IncompleteBodyError);
  expect(await readdir(dir)).toEqual([whole]);
  expect(gunzipSync(await readFile(join(dir, whole))).toString()).toBe('{"n":1}\n');
});

test("two writers of one batch do not disturb each other, and leave one whole file", async () => {
  const parts = Array.from({ length: 200 }, (_, n) => `${n === 0 ? "[" : ","}{"n":${n},"pad":"${"x".repeat(5_000)}"}`);
  const write = () =>
    writeArchiveFile({
      dir,
      file: FILE,
      body: bodyOf(...parts, "]"),
      bodyBytes: parts.join("").length + 1,
      signal: NEVER,
    });
  const names = await Promise.all([write(), write(), write()]);
  expect(await readdir(dir)).toEqual([names[0]]);
  const lines = gunzipSync(await readFile(join(dir, names[0] ?? "")))
    .toString()
    .trim()
    .split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(parts.map((_, n) => n));
});

test("a large batch is never held as a whole", async () => {
  const PARTS = 400;
  let most = 0;
  const textBytes = 4 * 32 * 1024;
  const bodyBytes = Array.from({ length: PARTS }, (_, n) => `,{"n":${n},"text":""}`.length + textBytes).reduce(
    (sum, bytes) => sum + bytes,
    1,
  );
  const body = async function* (): AsyncGenerator<Buffer> {
    for (let n = 0; n < PARTS; n++) {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
      const text = randomFillSync(Buffer.allocUnsafe(96 * 1024)).toString("base64");
      yield Buffer.from(`${n === 0 ? "[" : ","}{"n":${n},"text":"${text}"}`);
    }
    yield Buffer.from("]");
  };
  const before = process.memoryUsage().arrayBuffers;
  const name = await writeArchiveFile({ dir, file: FILE, body: body(), bodyBytes, signal: NEVER });
  expect((await stat(join(dir, name))).size).toBeGreaterThan(30 * 1024 ** 2);
  expect(most - before).toBeLessThan(25 * 1024 ** 2);
});

test("a folder that cannot be written to is told of", async () => {
  const file = join(dir, "no-folder");
  await writeFile(file, "");
  await chmod(file, 0o400);
  const write = writeArchiveFile({ dir: file, file: FILE, body: bodyOf("[]"), bodyBytes: 2, signal: NEVER });
  await expect(write).rejects.toThrow("ENOTDIR");
});
