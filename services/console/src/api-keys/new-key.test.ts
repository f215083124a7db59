import { EMPTY_KEY, GRANTS_EXPLAINED, impliedGrants, keyProblemAt, newKeyBody } from "./new-key.ts";

const NOW_MS = Date.parse("2026-01-15T12:00:00Z");
const KEY = { ...EMPTY_KEY, label: "MTA", grants: ["events/ingest"] } as const;

test("a key that never expires is asked for without more", () => {
  expect(newKeyBody(KEY, NOW_MS)).toEqual({ label: "MTA", grants: ["events/ingest"] });
});

test("a month is thirty days from now; a day lasts until its end where the viewer is", () => {
  expect(newKeyBody({ ...KEY, expiry: "month" }, NOW_MS)["expires_at"]).toBe("2026-02-14T12:00:00.000Z");
  expect(newKeyBody({ ...KEY, expiry: "day", lastDay: "2026-02-28" }, NOW_MS)["expires_at"]).toBe(
    new Date(2026, 2, 1).toISOString(),
  );
  expect(newKeyBody({ ...KEY, expiry: "day" }, NOW_MS)["expires_at"]).toBe("");
});

test("a subaccount binds, but no administrator", () => {
  const bound = { ...KEY, isBound: true, subaccount: 7 };
  expect(newKeyBody(bound, NOW_MS)["subaccount_id"]).toBe(7);
  expect(newKeyBody({ ...bound, subaccount: "" }, NOW_MS)["subaccount_id"]).toBeNull();
  expect(newKeyBody({ ...bound, grants: ["admin"] }, NOW_MS)).toEqual({ label: "MTA", grants: ["admin"] });
});

test("grants that another one implies are not named", () => {
  expect(
    newKeyBody({ ...KEY, grants: ["webhooks/view", "webhooks/modify", "events/ingest"] }, NOW_MS)["grants"],
  ).toEqual(["webhooks/modify", "events/ingest"]);
  expect(impliedGrants(["events/ingest"])).toEqual(new Set());
  expect(impliedGrants(["admin"]).size).toBe(GRANTS_EXPLAINED.length - 1);
});

test("a problem stands beside its field", () => {
  const problems = [
    { message: "label is blank", param: "label" },
    { message: "grants[0] is no grant", param: "grants[0]" },
    { message: "The store is not available now" },
  ];
  expect(keyProblemAt(problems, "label")).toBe("This is blank");
  expect(keyProblemAt(problems, "grants")).toBe("grants[0] is no grant");
  expect(keyProblemAt(problems, "expires_at")).toBeUndefined();
});
