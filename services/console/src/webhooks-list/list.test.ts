import type { WebhookStatsView } from "@posthorn/api/views";
import { statsView as stats, webhookView as webhook } from "../testing/sample-views.ts";
import { readListQuery, WHOLE_LIST, writeListQuery } from "./list-query.ts";
import { countByStatus, selectRows } from "./select-rows.ts";
import { webhookRows } from "./webhook-row.ts";

const byId = (...rows: readonly WebhookStatsView[]) => new Map(rows.map((row) => [row.id, row]));

const NOW = Date.parse("2026-03-02T12:00:00Z");

const EARLIER = "2026-03-02T11:00:00.000Z";
const LATER = "2026-03-02T11:30:00.000Z";
const ROWS = webhookRows(
  [webhook("10"), webhook("9", { events: ["open"] }), webhook("2"), webhook("new", { paused: true })],
  byId(
    stats("10", { failing_since: EARLIER, last_failure_at: LATER, backlog_events: 7 }),
    stats("9", { last_success_at: EARLIER }),
    stats("2", { last_success_at: LATER, last_failure_at: EARLIER, expired_batches: 3 }),
  ),
  NOW,
);
const ids = (query: Partial<typeof WHOLE_LIST>): readonly string[] =>
  selectRows(ROWS, { ...WHOLE_LIST, ...query }).rows.map((row) => row.webhook.id);

test("names sort as people count", () => {
  expect(ids({})).toEqual(["2", "9", "10", "new"]);
  expect(ids({ isReversed: true })).toEqual(["new", "10", "9", "2"]);
});

test("a webhook that is too new to have figures has the status of its definition", () => {
  expect(ROWS.map(({ status }) => status)).toEqual(["failing", "ok", "failed", "paused"]);
});

test("the worst, the latest and the largest come first", () => {
  expect(ids({ sort: "status" })).toEqual(["10", "2", "new", "9"]);
  expect(ids({ sort: "success" })).toEqual(["2", "9", "10", "new"]);
  expect(ids({ sort: "failure" })).toEqual(["10", "2", "9", "new"]);
  expect(ids({ sort: "lost" })).toEqual(["2", "9", "10", "new"]);
  expect(ids({ sort: "backlog" })).toEqual(["10", "2", "9", "new"]);
});

test("an id is found by its beginning only: anything short is somewhere in many of them", () => {
  const some = webhookRows(
    [webhook("1745aaaa-0000", { name: "A" }), webhook("bbbb1745-aaaa", { name: "B" })],
    byId(),
    NOW,
  );
  const found = (search: string) =>
    selectRows(
      some.map((row) => ({ ...row, webhook: { ...row.webhook, target: "https://example.com" } })),
      { ...WHOLE_LIST, search },
    ).rows.map((row) => row.webhook.name);
  expect(found("1745aa")).toEqual(["A"]);
  expect(found("1745a")).toEqual([]);
  expect(found("1745-aaaa")).toEqual([]);
});

test("every word of a search is found in name, target or types", () => {
  expect(ids({ search: "9.EXAMPLE" })).toEqual(["9"]);
  expect(ids({ search: "webhook bounce" })).toEqual(["2", "10", "new"]);
  expect(ids({ search: "bounce nowhere" })).toEqual([]);
  expect([...countByStatus(ROWS, "bounce")]).toEqual([
    ["failing", 1],
    ["failed", 1],
    ["paused", 1],
  ]);
});

test("a status leaves its own, and a page beyond the end is the last one", () => {
  expect(ids({ status: "failing" })).toEqual(["10"]);
  const many = webhookRows(
    Array.from({ length: 60 }, (_, index) => webhook(String(index))),
    byId(),
    NOW,
  );
  const page = selectRows(many, { ...WHOLE_LIST, page: 9 });
  expect([page.page, page.pages, page.found, page.rows.length]).toEqual([3, 3, 60, 10]);
});

test("the address holds what differs from the whole list, and is read back", () => {
  expect(writeListQuery(WHOLE_LIST).toString()).toBe("");
  const query = {
    search: "a b",
    status: "failing",
    sort: "backlog",
    isReversed: true,
    page: 2,
    pageSize: 50,
  } as const;
  expect(readListQuery(writeListQuery(query))).toEqual(query);
});

test("an address with nonsense shows the whole list", () => {
  expect(readListQuery(new URLSearchParams("status=odd&sort=odd&page=-1&size=7&order=x"))).toEqual(WHOLE_LIST);
});
