import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archiveFileName } from "@posthorn/core";
import type { ArchiveFile } from "@posthorn/core";
import { openArchiveFolder } from "./folder.ts";

const DAY = 86_400_000;
const NOW = Date.parse("2026-03-02T21:38:08Z");

let root: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "posthorn-archive-"));
  dir = join(root, "made", "when needed");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const nameOf = (n: number, ageMs = 0): string =>
  archiveFileName({
    endedAtMs: NOW - ageMs,
    webhook: "1cc94ef0-ab17-41e4-b135-0ff9de159aa7",
    batch: `a8272f63-9e28-58a6-b87c-${String(n).padStart(12, "0")}`,
    why: "expired",
  } as ArchiveFile);

test("the folder is made, and takes so many files and no more", async () => {
  const folder = openArchiveFolder({ dir, keepMs: DAY, maxFiles: 2 }, () => NOW);
  await folder.ensureRoom();
  await writeFile(join(dir, nameOf(1)), "");
  folder.added();
  await folder.ensureRoom();
  // As another worker would.
  await writeFile(join(dir, nameOf(2)), "");
  folder.added();
  await expect(folder.ensureRoom()).rejects.toThrow(/holds 2 files.*ARCHIVE_MAX_FILES.*move or delete old ones/);
  await rm(join(dir, nameOf(1)));
  await folder.ensureRoom();
});

test("files that others write are counted after a while", async () => {
  let now = NOW;
  const folder = openArchiveFolder({ dir, keepMs: DAY, maxFiles: 1 }, () => now);
  await folder.ensureRoom();
  await writeFile(join(dir, nameOf(1)), "");
  now += 61_000;
  await expect(folder.ensureRoom()).rejects.toThrow("holds 1 files");
});

test("old files go, and what writers that died have left; whatever else lies there stays", async () => {
  const folder = openArchiveFolder({ dir, keepMs: 30 * DAY, maxFiles: 10 }, () => NOW);
  await folder.ensureRoom();
  const [old, young] = [nameOf(1, 30 * DAY + 1_000), nameOf(2, 30 * DAY - 1_000)];
  const [dead, living] = [`.${nameOf(3)}.one.part`, `.${nameOf(4)}.two.part`];
  for (const name of [old, young, dead, living, "README"]) await writeFile(join(dir, name), "");
  for (const [name, ageS] of [
    [dead, 3_601],
    [living, 60],
  ] as const) {
    await utimes(join(dir, name), NOW / 1_000, NOW / 1_000 - ageS);
  }
  expect(await folder.clean()).toBe(2);
  expect((await readdir(dir)).toSorted()).toEqual([living, young, "README"].toSorted());
});
