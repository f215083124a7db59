import { parseApiKeyInput } from "./api-key-input.ts";
import type { ParsedApiKeyInput } from "./api-key-input.ts";

const NOW_MS = Date.parse("2026-01-15T12:00:00Z");
const parse = (changes: Record<string, unknown> = {}): ParsedApiKeyInput =>
  parseApiKeyInput({ label: "MTA", grants: ["events/ingest"], ...changes }, NOW_MS);
const problemsOf = (parsed: ParsedApiKeyInput) => (parsed.kind === "bad" ? parsed.problems : []);
const paramsOf = (parsed: ParsedApiKeyInput) => problemsOf(parsed).map(({ param }) => param);

test("a label and grants are enough; repeated grants are folded", () => {
  expect(parse()).toEqual({
    kind: "ok",
    input: { label: "MTA", grants: ["events/ingest"], subaccountId: null, expiresAtMs: null },
  });
  expect(parse({ grants: ["admin", "webhooks/view", "admin"] })).toMatchObject({
    input: { grants: ["admin", "webhooks/view"] },
  });
});

test.each([
  [0, 0],
  [7, 7],
  [2_147_483_647, 2_147_483_647],
  [null, null],
])("subaccount_id %p binds to %p", (subaccount_id, subaccountId) => {
  expect(parse({ subaccount_id })).toMatchObject({ kind: "ok", input: { subaccountId } });
});

test.each([-1, 1.5, "7", 2_147_483_648, true, [7]])("%p is no subaccount", (subaccount_id) => {
  expect(paramsOf(parse({ subaccount_id }))).toEqual(["subaccount_id"]);
});

test.each([
  ["2026-01-16", "2026-01-16T00:00:00.000Z"],
  ["2026-01-15T12:00:01Z", "2026-01-15T12:00:01.000Z"],
  ["2026-01-15T12:00:00.001Z", "2026-01-15T12:00:00.001Z"],
  ["2026-01-15T12:00-05:30", "2026-01-15T17:30:00.000Z"],
  ["2028-02-29", "2028-02-29T00:00:00.000Z"],
])("expires_at %s is %s", (expires_at, expected) => {
  const parsed = parse({ expires_at });
  expect(parsed.kind === "ok" && new Date(parsed.input.expiresAtMs ?? 0).toISOString()).toBe(expected);
});

test.each([
  ["2026-01-15T12:00:00Z", /not in the future/],
  ["2026-01-15", /not in the future/],
  ["2026-01-15T13:00:00+02:00", /not in the future/],
  ["2027-02-29", /not ISO 8601/],
  ["2027-13-01", /not ISO 8601/],
  ["2027-01-01T25:00:00Z", /not ISO 8601/],
  ["2027-01-01T10:00:00", /not ISO 8601/],
  ["30d", /not ISO 8601/],
  ["", /empty/],
  [1_900_000_000, /string/],
])("expires_at %p is refused", (expires_at, message) => {
  expect(problemsOf(parse({ expires_at }))).toEqual([
    expect.objectContaining({ param: "expires_at", message: expect.stringMatching(message) }),
  ]);
});

test("expires_at may be null", () => {
  expect(parse({ expires_at: null })).toMatchObject({ kind: "ok", input: { expiresAtMs: null } });
});

test.each(["", " ", "x".repeat(65), "a\nb", "\u001B[2J", 7, null])("%j is no label", (label) => {
  expect(new Set(paramsOf(parse({ label })))).toEqual(new Set(["label"]));
});

test("a label of 64 characters of any script is one", () => {
  expect(parse({ label: "ü".repeat(64) }).kind).toBe("ok");
});

test("each thing that is no grant is named by its position", () => {
  const parsed = parse({ grants: ["admin", "root", 7] });
  expect(paramsOf(parsed)).toEqual(expect.arrayContaining(["grants[1]", "grants[2]"]));
  expect(problemsOf(parsed)[0]).toEqual({
    message: "grants[1] is no grant; there are webhooks/view, webhooks/modify, events/ingest, admin",
    param: "grants[1]",
    value: "root",
  });
  expect(paramsOf(parse({ grants: [] }))).toEqual(["grants"]);
  expect(paramsOf(parse({ grants: "admin" }))).toEqual(["grants"]);
});

test("two hundred thousand grants are one problem", () => {
  expect(parseApiKeyInput({ label: "x", grants: Array(200_000).fill("none") }, 0)).toEqual({
    kind: "bad",
    problems: [{ message: "grants has more than 1000 entries", param: "grants" }],
  });
});

test("a key that is bound to a subaccount cannot have the grant admin, the primary account's neither", () => {
  for (const subaccount_id of [0, 7]) {
    expect(problemsOf(parse({ subaccount_id, grants: ["webhooks/view", "admin"] }))).toEqual([
      expect.objectContaining({
        param: "subaccount_id",
        message: expect.stringMatching(/cannot have the grant admin/),
      }),
    ]);
  }
  expect(parse({ subaccount_id: null, grants: ["admin"] }).kind).toBe("ok");
});

test("all problems of a body come at once, unknown fields in the documented words", () => {
  const parsed = parseApiKeyInput(
    { grants: ["admin"], subaccount_id: 7, expires_at: "soon", colour: "red", id: "0123456789ab" },
    NOW_MS,
  );
  expect(new Set(paramsOf(parsed))).toEqual(new Set(["label", "subaccount_id", "expires_at", "colour", "id"]));
  expect(problemsOf(parsed)).toContainEqual({ message: "Unknown parameter", param: "colour", value: "red" });
});

test("__proto__ is an unknown field like any other", () => {
  const body = JSON.parse('{"__proto__":{"admin":true},"label":"MTA","grants":["events/ingest"]}') as unknown;
  expect(parseApiKeyInput(body, NOW_MS)).toEqual({
    kind: "bad",
    problems: [{ message: "Unknown parameter", param: "__proto__" }],
  });
});

test.each([null, [], "text", 7, undefined])("%p is no body", (body) => {
  expect(parseApiKeyInput(body, NOW_MS).kind).toBe("bad");
});
