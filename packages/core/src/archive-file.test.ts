import { archiveFileName, parseArchiveFileName } from "./archive-file.ts";
import type { ArchiveFile } from "./archive-file.ts";

const FILE = {
  endedAtMs: Date.parse("2026-03-02T21:38:08.000Z"),
  webhook: "1cc94ef0-ab17-41e4-b135-0ff9de159aa7",
  batch: "a8272f63-9e28-58a6-b87c-125315e69246",
  why: "overflowed",
} as ArchiveFile;
const NAME =
  "2026-03-02T21-38-08Z_1cc94ef0-ab17-41e4-b135-0ff9de159aa7_a8272f63-9e28-58a6-b87c-125315e69246_overflowed.ndjson.gz";

test("a name tells when, whose, which batch and why, and fits every file system", () => {
  expect(archiveFileName({ ...FILE, endedAtMs: FILE.endedAtMs + 999 })).toBe(NAME);
  expect(parseArchiveFileName(NAME)).toEqual(FILE);
  expect(NAME).toMatch(/^[\w.-]+$/);
});

test.each([
  "",
  "notes.txt",
  `.${NAME}.part`,
  NAME.replace(".gz", ""),
  NAME.replace("overflowed", "discarded"),
  NAME.replace("2026-03-02", "2026-13-02"),
  NAME.replace("1cc94ef0", "1cc94ef"),
])("%j is no file of the archive", (name) => {
  expect(parseArchiveFileName(name)).toBeUndefined();
});
