import { createHash, randomBytes } from "node:crypto";
import { admit, GRANTS, grantsAllow, idOfKeyText, mintKey, shortKey } from "./api-key.ts";
import type { Grant } from "./api-key.ts";
import { apiKeyId } from "./ids.ts";

const NOW_MS = 1_764_000_000_000;

test("a new key's text holds its id and 192 random bits, and its hash is the SHA-256 of the whole text", () => {
  const asked: number[] = [];
  const { id, text, hash } = mintKey((bytes) => {
    asked.push(bytes);
    return Buffer.alloc(bytes, 0xff);
  });
  expect(id).toBe("ffffffffffff");
  expect(text).toBe(`${shortKey(id)}_${"_".repeat(32)}`);
  expect(asked.at(-1)).toBe(24);
  expect(hash).toBe(createHash("sha256").update(text).digest("base64url"));
});

test("the id is found in every text that was made, and in none of another form", () => {
  for (let n = 0; n < 200; n++) {
    const { id, text } = mintKey(randomBytes);
    expect(idOfKeyText(text)).toBe(id);
  }
  const { text } = mintKey(randomBytes);
  for (const other of [
    "",
    "ph_",
    "ph_secret",
    ` ${text}`,
    `${text}\n`,
    `${text}x`,
    text.slice(1),
    text.toUpperCase(),
  ]) {
    expect([other, idOfKeyText(other)]).toEqual([other, undefined]);
  }
});

test.each(["0123456789AB", "0123456789a", "0123456789abc", "0123456789ag", "", "__proto__"])(
  "%j is no id of a key",
  (text) => {
    expect(apiKeyId(text)).toBeUndefined();
  },
);

describe("a presented text", () => {
  const { text, hash } = mintKey(randomBytes);
  const key = { hash, expiresAtMs: null };
  const expiring = { hash, expiresAtMs: NOW_MS };

  test("is admitted when it is the key's, until the moment of its expiry", () => {
    expect(admit(key, { text, nowMs: NOW_MS })).toEqual({ kind: "admitted", key });
    expect(admit(expiring, { text, nowMs: NOW_MS - 1 })).toEqual({ kind: "admitted", key: expiring });
    expect(admit(expiring, { text, nowMs: NOW_MS })).toEqual({ kind: "expired" });
  });

  test("is refused when there is no key, or another one, also one that has expired", () => {
    const other = mintKey(randomBytes).text;
    expect(admit(undefined, { text, nowMs: NOW_MS })).toEqual({ kind: "refused" });
    expect(admit(key, { text: other, nowMs: NOW_MS })).toEqual({ kind: "refused" });
    expect(admit(expiring, { text: other, nowMs: NOW_MS })).toEqual({ kind: "refused" });
    expect(admit({ ...key, hash: "" }, { text, nowMs: NOW_MS })).toEqual({ kind: "refused" });
  });
});

test.each<[Grant, readonly Grant[]]>([
  ["webhooks/view", ["webhooks/view"]],
  ["webhooks/modify", ["webhooks/view", "webhooks/modify"]],
  ["events/ingest", ["events/ingest"]],
  ["admin", GRANTS],
])("the grant %s allows %j and nothing else", (grant, allowed) => {
  expect(GRANTS.filter((needed) => grantsAllow([grant], needed))).toEqual(allowed);
});

test("grants add up, and none allow nothing", () => {
  expect(GRANTS.filter((needed) => grantsAllow(["webhooks/view", "events/ingest"], needed))).toEqual([
    "webhooks/view",
    "events/ingest",
  ]);
  expect(GRANTS.filter((needed) => grantsAllow([], needed))).toEqual([]);
});
