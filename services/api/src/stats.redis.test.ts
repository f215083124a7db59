import { readRing } from "../../../packages/store/src/series-layout.ts";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { mastersOf, openRedis } from "../../../test/support/open-redis.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { SeriesView } from "./stats/series-view.ts";
import type { StatsTotals, WebhookStatsView } from "./stats/stats-view.ts";

interface Stats {
  readonly totals: StatsTotals;
  readonly webhooks: readonly WebhookStatsView[];
  readonly processes: { readonly api: number; readonly workers: number };
  readonly redis: Readonly<Record<string, unknown>>;
}

let url: string;
let api: TestApi;
let receiver: Receiver;
beforeEach(async () => {
  url = await freshDatabase();
  receiver = await startReceiver();
  api = await startApi(url, { BATCH_MAX_EVENTS: "2" });
});
afterEach(async () => {
  await api.stop();
  await receiver.close();
});

async function create(changes: Record<string, unknown>, headers: Record<string, string> = {}): Promise<string> {
  const { json } = await api.request("POST", "/api/v1/webhooks", {
    json: { target: receiver.url, events: ["delivery"], ...changes },
    headers,
  });
  return (json.results as { id: string }).id;
}

async function stats(query = "", headers: Record<string, string> = {}): Promise<Stats> {
  const { status, json } = await api.request("GET", `/api/v1/stats${query}`, { headers });
  expect(status).toBe(200);
  return json.results as Stats;
}

async function send(count: number, type: string, changes: Record<string, unknown> = {}): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => event(n, type));
  const sent = events.map((one) => {
    const { msys } = one as { msys: { message_event: Record<string, unknown> } };
    return { msys: { message_event: { ...msys.message_event, ...changes } } };
  });
  expect((await api.request("POST", "/api/v1/events", { json: sent })).status).toBe(200);
}

test("webhooks are told of with the largest back-log first; the totals are those of all", async () => {
  await create({ name: "small", events: ["open"] });
  const big = await create({ name: "big", events: ["click"], active: true });
  await create({ name: "idle", events: ["bounce"], paused: true });
  await send(3, "open");
  await send(9, "click");
  const { totals, webhooks } = await stats();
  expect(webhooks.map(({ name, backlog_events, open_events }) => [name, backlog_events, open_events])).toEqual([
    ["big", 8, 1],
    ["small", 2, 1],
    ["idle", 0, 0],
  ]);
  expect(webhooks[0]).toMatchObject({
    id: big,
    active: true,
    paused: false,
    waiting_batches: 4,
    in_flight_batches: 0,
    delivered_batches: 0,
    last_success_at: null,
  });
  expect(totals).toMatchObject({
    webhooks: 3,
    active_webhooks: 3,
    paused_webhooks: 1,
    failing_webhooks: 0,
    waiting_batches: 5,
    backlog_events: 10,
    backlog_bytes: webhooks.reduce((sum, row) => sum + row.backlog_bytes, 0),
    open_events: 2,
    oldest_waiting_at: null,
  });
  const short = await stats("?limit=1");
  expect(short.webhooks).toEqual(webhooks.slice(0, 1));
  expect(short.totals).toEqual(totals);
});

test("without webhooks everything is nothing", async () => {
  const { totals, webhooks } = await stats();
  expect(webhooks).toEqual([]);
  expect(Object.values(totals).filter((value) => value !== 0 && value !== null)).toEqual([]);
});

test("a call for a subaccount sees, and adds up, its webhooks only", async () => {
  const mine = { "X-MSYS-SUBACCOUNT": "7" };
  await create({ name: "mine" }, mine);
  await create({ name: "all" });
  await send(2, "delivery", { subaccount_id: 7 });
  expect((await stats("", mine)).webhooks.map(({ name }) => name)).toEqual(["mine"]);
  expect((await stats("", mine)).totals).toMatchObject({ webhooks: 1, backlog_events: 2 });
  expect((await stats("", { "X-MSYS-SUBACCOUNT": "8" })).totals).toMatchObject({ webhooks: 0, backlog_events: 0 });
  expect((await stats()).totals).toMatchObject({ webhooks: 2, backlog_events: 4 });
});

test("processes count while they live, and Redis tells how full it is", async () => {
  expect((await stats()).processes).toEqual({ api: 1, workers: 0 });
  const workers = [await startWorker(url), await startWorker(url)];
  const another = await startApi(url);
  expect((await stats()).processes).toEqual({ api: 2, workers: 2 });
  await Promise.all([...workers.map((worker) => worker.stop()), another.stop()]);
  const { processes, redis } = await stats();
  expect(processes).toEqual({ api: 1, workers: 0 });
  expect(redis).toEqual({
    version: expect.stringMatching(/^(?:Valkey )?\d+\.\d+/) as string,
    used_memory_bytes: expect.any(Number) as number,
    max_memory_bytes: 0,
    durability: expect.stringContaining("survives") as string,
  });
  expect(redis["used_memory_bytes"]).toBeGreaterThan(100_000);
});

test("what is delivered and what fails is counted", async () => {
  receiver.answerWith([{ status: 500 }]);
  const worker = await startWorker(url);
  try {
    await create({ name: "counted", concurrency: 1 });
    await send(6, "delivery");
    const row = await waitFor("two deliveries", async () => {
      const [found] = (await stats()).webhooks;
      return found?.delivered_batches === 2 && found;
    });
    expect(row).toMatchObject({
      delivered_events: 4,
      failed_attempts: 1,
      scheduled_batches: 1,
      backlog_events: 2,
      failing_since: null,
      last_success_at: expect.any(String) as string,
      last_failure_at: expect.any(String) as string,
    });
  } finally {
    await worker.stop();
  }
});

test("who asks for those in trouble gets only these, and why it is so", async () => {
  receiver.answerWith(() => ({ status: 500 }));
  const worker = await startWorker(url);
  try {
    const failing = await create({ name: "failing" });
    await create({ name: "off", events: ["open"], active: false });
    await send(40, "delivery");
    const { totals, webhooks } = await waitFor("the failing webhook", async () => {
      const found = await stats("?troubled=true");
      return found.webhooks.length > 0 && found;
    });
    expect(webhooks).toEqual([expect.objectContaining({ id: failing, trouble: "failing", inactive_reason: null })]);
    expect(totals.webhooks).toBe(2);
  } finally {
    await worker.stop();
  }
});

test.each(["limit=0", "limit=x"])("a query with %s is refused", async (query) => {
  const { status, json } = await api.request("GET", `/api/v1/stats?${query}`);
  expect(status).toBe(400);
  const message = "limit is a whole number from 1; more than 10000 counts as 10000";
  expect(json.errors).toEqual([expect.objectContaining({ param: "limit", message })]);
});

test("other methods are refused", async () => {
  const { status, headers } = await api.request("POST", "/api/v1/stats");
  expect([status, headers.get("allow")]).toEqual([405, "GET"]);
});

test("the series of an hour and a day are shown of all together and of the webhooks that are named", async () => {
  const id = await create({ name: "one" });
  await send(3, "delivery");
  for (const [query, steps] of [
    ["", 60],
    ["&window=24h", 96],
  ] as const) {
    const { status, json } = await api.request("GET", `/api/v1/stats/series?webhooks=${id}${query}`);
    expect(status).toBe(200);
    const view = json.results as SeriesView;
    expect(view.total?.events_in).toHaveLength(steps);
    expect(view.webhooks[id]?.backlog_events.at(-1)).toBe(2);
    expect(Date.parse(view.to) - Date.parse(view.from)).toBeLessThanOrEqual(steps * view.step_ms);
  }
});

test("what waits for a webhook that is not tried is noted when its batch is closed", async () => {
  const window = { BATCH_MAX_WAIT: "1s" };
  await api.stop();
  api = await startApi(url, { ...window, POSTHORN_API_KEY: api.apiKey });
  const worker = await startWorker(url, window);
  const id = await create({ name: "paused", paused: true });
  await send(1, "delivery");
  await waitFor("the closed batch", async () => (await stats(`?webhooks=${id}`)).totals.backlog_events === 1);
  // It writes what it has taken down.
  await worker.stop();
  const redis = await openRedis(url);
  const found = await Promise.all(mastersOf(redis).map((master) => master.keys(`*:v:${id}`)));
  const [series = "none"] = found.flat();
  const records = readRing((await redis.getBuffer(series)) ?? Buffer.alloc(0));
  redis.disconnect();
  expect(records.map(({ backlogBatches, backlogEvents }) => [backlogBatches, backlogEvents])).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

test("a call for a subaccount sees no series but those of its webhooks", async () => {
  const mine = { "X-MSYS-SUBACCOUNT": "7" };
  const own = await create({ name: "mine" }, mine);
  const other = await create({ name: "other" });
  const { json } = await api.request("GET", `/api/v1/stats/series?webhooks=${own},${other}`, { headers: mine });
  const view = json.results as SeriesView;
  expect(view.total).toBeNull();
  expect(Object.keys(view.webhooks)).toEqual([own]);
  expect((await stats(`?webhooks=${own},${other}`, mine)).webhooks.map((row) => row.id)).toEqual([own]);
});

test("figures of the webhooks that are named are those of these alone", async () => {
  const one = await create({ name: "one" });
  await create({ name: "another", events: ["open"] });
  await send(4, "delivery");
  await send(4, "open");
  const { totals, webhooks } = await stats(`?webhooks=${one}`);
  expect(webhooks.map(({ name }) => name)).toEqual(["one"]);
  expect(totals).toMatchObject({ webhooks: 1, backlog_events: 4 });
});

test("a wrong window or list of webhooks is refused by name", async () => {
  for (const [query, param] of [
    ["window=7d", "window"],
    ["webhooks=nonsense", "webhooks"],
    [
      `webhooks=${Array.from({ length: 101 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`).join(",")}`,
      "webhooks",
    ],
  ] as const) {
    const { status, json } = await api.request("GET", `/api/v1/stats/series?${query}`);
    expect(status).toBe(400);
    expect(json.errors?.[0]).toMatchObject({ param });
  }
});
