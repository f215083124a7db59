import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseArchiveFileName } from "@posthorn/core";
import type { WebhookId } from "@posthorn/core";
import { connect } from "../../../../packages/store/src/connect.ts";
import type { RedisClient } from "../../../../packages/store/src/connect.ts";
import { createPartition, numbered } from "../../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../../test/support/partition.ts";
import { waitFor } from "../../../../test/support/wait-for.ts";
import { startArchiver } from "./archiver.ts";
import type { Archiver } from "./archiver.ts";

const HOUR = 3_600_000;

let redis: RedisClient;
let root: string;
let p: PartitionHarness;
let id: WebhookId;
let archivers: Archiver[];
let archived: number;
let failures: string[];
beforeAll(async () => {
  redis = connect({ address: process.env["TEST_REDIS_URL"] ?? "", name: "test", onError: () => undefined });
  await redis.connect();
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "posthorn-archiver-"));
  p = createPartition(redis, { maxEvents: 10 });
  id = await p.webhook();
  archivers = [];
  archived = 0;
  failures = [];
});
afterEach(async () => {
  await Promise.all(archivers.map((archiver) => archiver.stop()));
  await rm(root, { recursive: true, force: true });
});
afterAll(() => redis.disconnect());

async function start(dir: string, maxFiles = 1_000): Promise<void> {
  const archiver = await startArchiver({
    settings: { dir, keepMs: 100 * 365 * 24 * HOUR, maxFiles },
    archive: p.archive(`worker ${archivers.length}`),
    partitions: async () => [0],
    metrics: {
      archived: () => {
        archived += 1;
      },
      archiveFailed: () => undefined,
    },
    log: { info: () => undefined },
    warn: (error) => failures.push(String(error)),
    afterFailureMs: 20,
  });
  archivers.push(archiver);
}

/** So many batches of ten events expire. */
async function expire(batches: number, texts = numbered(batches * 10)): Promise<void> {
  await p.archive().announce(0);
  await p.send([id], texts);
  await p.configure(id, { active: false });
  // Their slots end.
  while (p.hints.length > 0) await p.claimNext();
  for (let looks = 0; looks < 3; looks++) await p.pass(3 * HOUR);
  expect(p.notes.filter(({ kind }) => kind === "expired")).toHaveLength(batches);
}

async function eventsIn(dir: string): Promise<number[]> {
  const names = await readdir(dir);
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name))));
  const lines = texts.flatMap((text) => gunzipSync(text).toString().trim().split("\n"));
  return lines.map((line) => (JSON.parse(line) as { n: number }).n).toSorted((a, b) => a - b);
}

const all = (batches: number): number[] => Array.from({ length: batches * 10 }, (_, n) => n);

test("what expires goes into files, which several workers write into one folder without a clash", async () => {
  await expire(20);
  for (let workers = 0; workers < 3; workers++) await start(root);
  await waitFor("twenty files", () => archived === 20);
  const names = await readdir(root);
  expect(names).toHaveLength(20);
  expect(new Set(names.map((name) => parseArchiveFileName(name)?.webhook))).toEqual(new Set([id]));
  expect(await eventsIn(root)).toEqual(all(20));
  expect(failures).toEqual([]);
  expect((await p.remains()).filter((key) => !key.startsWith("w:"))).toEqual([]);
});

test("while the folder cannot be written to, nothing is lost; it is written once it can", async () => {
  const dir = join(root, "archive");
  await writeFile(dir, "a file where a folder has to be");
  await expire(3);
  await start(dir);
  await waitFor("failures", () => failures.length > 2);
  expect(archived).toBe(0);
  expect(await p.archive().isDue(0)).toBe(true);
  await rm(dir);
  await waitFor("three files", () => archived === 3);
  expect(await eventsIn(dir)).toEqual(all(3));
});

test("a folder with as many files as it may have takes no more", async () => {
  await expire(5);
  await start(root, 3);
  await waitFor("the failure", () => failures.length > 0);
  expect(failures[0]).toMatch(/holds 3 files.*ARCHIVE_MAX_FILES/);
  expect(await readdir(root)).toHaveLength(3);
  for (const name of await readdir(root)) await rm(join(root, name));
  await waitFor("all of them", () => archived === 5);
});

test("a batch whose text Redis has lost is let go with a note, and keeps no other from being written", async () => {
  await expire(2);
  const [first] = await redis.zrange(p.keys.partition(0).archive, "0", "0");
  const [range = ""] = await redis.lrange(p.keys.partition(0).ranges(first as never), 0, 0);
  await redis.lset(p.keys.partition(0).ranges(first as never), 0, range.replace(/^[^:]+/, "lost"));
  await start(root);
  await waitFor("the other one", () => archived === 1);
  await waitFor("the note", () => p.notes.some(({ kind }) => kind === "unarchived"));
  expect(failures).toEqual([expect.stringContaining("chunk lost is missing")]);
});

const mounted = spawnSync("sh", [
  "-c",
  "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && umount $d; s=$?; rmdir $d; exit $s",
]);
const whereDisksCanBeFull = mounted.status === 0 ? test : test.skip;

whereDisksCanBeFull("a full disk loses nothing and leaves no half file; it is written when there is room", async () => {
  const disk = join(root, "disk");
  await mkdir(disk);
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  try {
    await writeFile(join(disk, "other"), Buffer.alloc(60 * 1024, "x"));
    const noise = Array.from({ length: 10 }, (_, n) => {
      const pad = Array.from({ length: 200 }, () => Math.random().toString(36)).join("");
      return JSON.stringify({ n, pad });
    });
    await expire(1, noise);
    await start(disk);
    await waitFor("the failure", () => failures.some((failure) => failure.includes("ENOSPC")));
    expect(await readdir(disk)).toEqual(["other"]);
    await rm(join(disk, "other"));
    p.jump(60_000);
    await waitFor("the file", () => archived === 1);
    expect(await eventsIn(disk)).toEqual(all(1));
  } finally {
    await Promise.all(archivers.map((archiver) => archiver.stop()));
    spawnSync("umount", [disk]);
  }
});
