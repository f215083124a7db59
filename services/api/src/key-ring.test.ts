import { randomBytes } from "node:crypto";
import { mintKey } from "@posthorn/core";
import type { ApiKeyId } from "@posthorn/core";
import type { StoredApiKey } from "@posthorn/store";
import { waitFor } from "../../../test/support/wait-for.ts";
import { createKeyRing } from "./key-ring.ts";
import type { KeyRing } from "./key-ring.ts";

let stored: StoredApiKey[];
let noted: ApiKeyId[];
let warnings: unknown[];
let nowMs: number;
let keyRing: KeyRing;
let write: () => Promise<void>;
beforeEach(() => {
  stored = [];
  noted = [];
  warnings = [];
  nowMs = 0;
  write = async () => undefined;
  keyRing = createKeyRing({
    apiKeys: {
      list: async () => stored,
      noteUsed: (id) => {
        noted.push(id);
        return write();
      },
    },
    log: { warn: (...told: unknown[]) => warnings.push(told) },
    monotonicMs: () => nowMs,
  });
});

async function addKey(): Promise<StoredApiKey> {
  const { id, hash } = mintKey(randomBytes);
  const key: StoredApiKey = {
    id,
    hash,
    label: "test",
    grants: ["admin"],
    subaccountId: null,
    createdAtMs: 0,
    expiresAtMs: null,
    lastUsedAtMs: null,
  };
  stored.push(key);
  await keyRing.reload();
  return key;
}

test("what is known is what was there at the last reload", async () => {
  const key = await addKey();
  expect(keyRing.find(key.id)).toEqual(key);
  stored = [];
  expect(keyRing.find(key.id)).toEqual(key);
  await keyRing.reload();
  expect(keyRing.find(key.id)).toBeUndefined();
});

test("a use is written at most once a minute for each key", async () => {
  const [one, two] = [await addKey(), await addKey()];
  for (const atMs of [0, 1, 59_999]) {
    nowMs = atMs;
    keyRing.noteUsed(one.id);
    keyRing.noteUsed(two.id);
  }
  expect(noted).toEqual([one.id, two.id]);
  nowMs = 60_000;
  keyRing.noteUsed(one.id);
  expect(noted).toEqual([one.id, two.id, one.id]);
});

test("nobody waits for the write of a use; when it fails, the log tells and the next minute's is tried", async () => {
  const key = await addKey();
  const error = new Error("Redis is away");
  let fail = (): void => undefined;
  write = () => new Promise((_, reject) => (fail = () => reject(error)));
  keyRing.noteUsed(key.id);
  expect(noted).toEqual([key.id]);
  fail();
  await waitFor("the warning", () => warnings.length === 1);
  expect(warnings).toEqual([[{ err: error, key: key.id }, "key.use-not-noted"]]);
  nowMs = 60_000;
  keyRing.noteUsed(key.id);
  expect(noted).toHaveLength(2);
});
