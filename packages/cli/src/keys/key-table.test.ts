import type { ApiKeyView } from "@posthorn/core";
import { keyTable } from "./key-table.ts";

const NOW_MS = Date.parse("2026-06-01T12:00:00Z");
const key = (changes: Partial<ApiKeyView>): ApiKeyView => ({
  id: "0123456789ab",
  short_key: "ph_0123456789ab",
  label: "MTA",
  grants: ["events/ingest"],
  subaccount_id: null,
  created_at: "2026-01-15T12:34:56.789Z",
  expires_at: null,
  last_used_at: null,
  ...changes,
});

test("each column is as wide as what is in it, and times are cut to the minute", () => {
  const keys = [
    key({ last_used_at: "2026-05-31T23:59:59.999Z" }),
    key({
      id: "ba9876543210",
      label: "the console of an agency",
      grants: ["webhooks/view", "events/ingest"],
      subaccount_id: 7,
    }),
  ];
  expect(keyTable(keys, NOW_MS).split("\n")).toEqual([
    "ID            LABEL                     GRANTS                       SUBACCOUNT  CREATED (UTC)     LAST USED         EXPIRES",
    "0123456789ab  MTA                       events/ingest                any         2026-01-15 12:34  2026-05-31 23:59  never",
    "ba9876543210  the console of an agency  webhooks/view,events/ingest  7           2026-01-15 12:34  never             never",
  ]);
});

test.each([
  ["2026-06-01T12:00:00.001Z", /2026-06-01 12:00$/],
  ["2026-06-01T12:00:00.000Z", /2026-06-01 12:00 \(expired\)$/],
])("a key that expires at %s is shown as %p", (expires_at, end) => {
  expect(keyTable([key({ expires_at })], NOW_MS)).toMatch(end);
});

test("subaccount 0 is the primary account", () => {
  expect(keyTable([key({ subaccount_id: 0 })], NOW_MS)).toContain("  primary  ");
});
