import { Redis } from "ioredis";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import { event } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { STATS_KEPT_MS } from "./stats/recent-stats.ts";
import type { StatsView } from "./stats/stats-view.ts";

const WEBHOOKS = 300;
/** What a call costs whatever it asks for: the key, its rate, how many processes live, whether all is paused. */
const COMMANDS_PER_CALL = 15;

let server: Awaited<ReturnType<typeof startRedisServer>>;
let redis: Redis;
let receiver: Receiver;
let api: TestApi;
beforeAll(async () => {
  // Redis counts commands for the whole server.
  server = await startRedisServer();
  redis = new Redis(server.url);
  receiver = await startReceiver();
  api = await startApi(server.url, { API_RATE_LIMIT: "0", BATCH_MAX_EVENTS: "2" });
  for (let n = 0; n < WEBHOOKS; n += 10) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const json = { name: `Customer ${n + index}`, target: receiver.url, events: ["delivery"] };
        expect((await api.request("POST", "/api/v1/webhooks", { json })).status).toBe(200);
      }),
    );
  }
}, 120_000);
afterAll(async () => {
  await api.stop();
  await receiver.close();
  redis.disconnect();
  await server.remove();
});

async function stats(query = ""): Promise<StatsView> {
  const { status, json } = await api.request("GET", `/api/v1/stats${query}`);
  expect(status).toBe(200);
  return json.results as StatsView;
}

/** How often the server has run commands: those that read a webhook, and all. */
async function commands(): Promise<{ readonly reads: number; readonly all: number }> {
  const counted = [...(await redis.info("commandstats")).matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(
    ([, name, calls]) => [name, Number(calls)] as const,
  );
  return {
    reads: counted.find(([name]) => name === "hmget")?.[1] ?? 0,
    all: counted.reduce((sum, [, calls]) => sum + calls, 0),
  };
}

interface Cost {
  readonly reads: number;
  readonly all: number;
  /** By as much may the figures have become too old on a slow machine: reads of all webhooks, beside the first. */
  readonly rereads: number;
}

/** By how much the counts grow while something is done. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const startedAtMs = performance.now();
  const before = await commands();
  await work();
  const after = await commands();
  const rereads = WEBHOOKS * Math.floor((performance.now() - startedAtMs) / STATS_KEPT_MS);
  return { reads: after.reads - before.reads, all: after.all - before.all, rereads };
}

test("all webhooks are read once for everybody who looks, and a second tab costs next to nothing", async () => {
  const polls = 20;
  const first = await costOf(() => Promise.all(Array.from({ length: polls }, () => stats("?troubled=true"))));
  // One of the commands that a call costs in any case is of this kind, and the process looks after itself meanwhile.
  expect(first.reads).toBeGreaterThanOrEqual(WEBHOOKS);
  expect(first.reads).toBeLessThan(WEBHOOKS + first.rereads + 2 * polls);
  // These find the figures there, unless those have become too old meanwhile: then all are read once more.
  const second = await costOf(() => Promise.all(Array.from({ length: polls }, () => stats("?limit=10000"))));
  const again = WEBHOOKS + second.rereads;
  expect(second.reads).toBeLessThan(again + 2 * polls);
  expect(second.all).toBeLessThan(again + polls * COMMANDS_PER_CALL);
});

test("what happens is seen two seconds later, and at once for a webhook that is named", async () => {
  const { webhooks } = await stats("?limit=10000");
  expect(webhooks).toHaveLength(WEBHOOKS);
  const troubled = await stats("?troubled=true");
  expect([troubled.webhooks, troubled.totals.webhooks]).toEqual([[], WEBHOOKS]);
  const { id } = webhooks[7] ?? { id: "" };
  await api.request("POST", `/api/v1/webhooks/${id}/pause`);
  await api.request("POST", "/api/v1/events", { json: [event(1), event(2), event(3)] });
  const [row] = (await stats(`?webhooks=${id}`)).webhooks;
  expect(row).toMatchObject({ paused: true, backlog_events: 2, open_events: 1 });
  // What somebody decides is never old.
  expect((await stats()).totals.paused_webhooks).toBe(1);
  // How long that takes depends on how long reading them took.
  await waitFor("the figures of all", async () => (await stats()).totals.backlog_events === WEBHOOKS * 2, 30_000);
});
