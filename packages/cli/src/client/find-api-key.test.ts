import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findApiKey } from "./find-api-key.ts";

const dir = mkdtempSync(join(tmpdir(), "posthorn-key-"));
const file = join(dir, "mounted");
afterAll(() => rmSync(dir, { recursive: true }));
writeFileSync(file, "of-the-file\n");
writeFileSync(join(dir, "api-key"), "of-npm-start\n");

test.each([
  [{ POSTHORN_API_KEY: "given", POSTHORN_API_KEY_FILE: file, DATA_DIR: dir }, "given"],
  // As Compose and the Helm chart have it: what is not set is empty.
  [{ POSTHORN_API_KEY: "", POSTHORN_API_KEY_FILE: file, DATA_DIR: dir }, "of-the-file"],
  [{ POSTHORN_API_KEY_FILE: "", DATA_DIR: dir }, "of-npm-start"],
  // Nothing else is taken for a file that was named.
  [{ POSTHORN_API_KEY_FILE: join(dir, "nowhere"), DATA_DIR: dir }, undefined],
])("a command finds its key as the services do: %j", async (env, key) => {
  expect(await findApiKey(env)).toBe(key);
});
