import { startSentinelSet } from "../support/engines/sentinel-set.ts";
import type { SentinelSet } from "../support/engines/sentinel-set.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { startLoad } from "../support/steady-load.ts";
import { waitFor } from "../support/wait-for.ts";
import { expectExactly } from "./expect-exactly.ts";

/** Sentinels need a second to miss a master and some to agree; the rest is for a busy machine. */
const FAILOVER_MAX_MS = 30_000;

let set: SentinelSet;
let receiver: Receiver;
let stack: Stack | undefined;

beforeEach(async () => {
  receiver = await startReceiver();
  set = await startSentinelSet();
}, 60_000);
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  await set.remove();
  await receiver.close();
});

async function start(env: Record<string, string> = {}): Promise<Stack> {
  const own = { BATCH_MAX_WAIT: "200ms", RETRY_SCHEDULE: "500ms", ...env };
  stack = await startStack({ redisUrl: set.url, workers: 2, env: own });
  await stack.createWebhook(receiver.url);
  return stack;
}

test("DURABILITY=replica:1: masters killed under load lose nothing that was acknowledged, and double none of it", async () => {
  const running = await start({ DURABILITY: "replica:1" });
  const load = startLoad(running);
  const dead: RedisServer[] = [];
  for (let round = 0; round < 2; round++) {
    const before = load.accepted.length;
    await waitFor("events being accepted", () => load.accepted.length > before + 1_000, 20_000);
    await set.awaitReplicas(2);
    load.longestGapMs();
    const master = await set.master();
    await master.kill("SIGKILL");
    dead.push(master);
    await set.awaitFailover(master);
    const count = load.accepted.length;
    await waitFor("events being accepted again", () => load.accepted.length > count + 200, FAILOVER_MAX_MS);
    const deliveries = receiver.batches.length;
    await waitFor("deliveries", () => receiver.batches.length > deliveries + 2, FAILOVER_MAX_MS);
    const gapMs = load.longestGapMs();
    console.error(`nothing was acknowledged for ${Math.round(gapMs)} ms`);
    expect(gapMs).toBeLessThan(FAILOVER_MAX_MS);
    await dead.pop()?.start();
  }
  await load.stop();
  expect(load.refusals).toEqual([]);
  await expectExactly(receiver, load);
}, 180_000);

test("DURABILITY=replica:1: a master that stands still, and comes back when another one has taken over, confuses nobody", async () => {
  const running = await start({ DURABILITY: "replica:1" });
  const load = startLoad(running);
  await waitFor("events being accepted", () => load.accepted.length > 1_000, 20_000);
  const master = await set.master();
  await master.kill("SIGSTOP");
  await set.awaitFailover(master);
  await master.kill("SIGCONT");
  const count = load.accepted.length;
  await waitFor("events being accepted again", () => load.accepted.length > count + 500, FAILOVER_MAX_MS);
  await load.stop();
  expect(load.refusals).toEqual([]);
  await expectExactly(receiver, load);
}, 180_000);

test("a failover that somebody asks for is noticed by every process at once", async () => {
  const running = await start();
  const load = startLoad(running);
  await waitFor("events being accepted", () => load.accepted.length > 500, 20_000);
  const before = await set.master();
  await set.failOver();
  await set.awaitFailover(before);
  const count = load.accepted.length;
  await waitFor("events being accepted again", () => load.accepted.length > count + 500, FAILOVER_MAX_MS);
  await load.stop();
  expect(load.refusals).toEqual([]);
  const seen = (): Set<number> => new Set(receiver.batches.flatMap(({ events }) => numbersOf(events)));
  // Asked for, too, a failover is asynchronous: what came in its last moment may be lost.
  await waitFor("the last events", () => load.accepted.slice(-200).every((n) => seen().has(n)), 20_000);
}, 120_000);

test("what only the dead master knew is gone everywhere, and what comes next is not taken for it", async () => {
  const running = await start();
  const { call, send } = running;
  const other = await startReceiver();
  try {
    const kept = await running.createWebhook(`${other.url}&kept`, { events: ["bounce"] });
    await send([event(1, "bounce")]);
    await waitFor("an event before", () => other.batches.length === 1);
    const master = await set.master();
    const replicas = set.servers.filter((server) => server !== master);
    for (const replica of replicas) await replica.kill("SIGKILL");
    // Acknowledged, and lost: a webhook, and a change of another one.
    const lost = await running.createWebhook(`${other.url}&lost`, { events: ["injection"] });
    expect((await call("PUT", `/api/v1/webhooks/${kept}`, { target: `${other.url}&changed` })).status).toBe(200);
    await master.kill("SIGKILL");
    for (const replica of replicas) await replica.start();
    await set.awaitFailover(master);
    await waitFor(
      "the lost webhook being gone",
      async () => {
        return (await call("GET", `/api/v1/webhooks/${lost}`)).status === 404;
      },
      FAILOVER_MAX_MS,
    );
    const { body } = await call("GET", `/api/v1/webhooks/${kept}`);
    expect(body["results"]).toMatchObject({ target: `${other.url}&kept` });
    // As many changes as were lost: the version and the revision are those of before again.
    const made = await running.createWebhook(`${other.url}&made`, { events: ["injection"] });
    expect((await call("PUT", `/api/v1/webhooks/${kept}`, { target: `${other.url}&again` })).status).toBe(200);
    await send([event(2, "injection"), event(3, "bounce")]);
    const arrived = await waitFor("both events", () => other.batches.length === 3 && other.batches.slice(1), 20_000);
    expect(arrived.map(({ path }) => path).toSorted()).toEqual(
      ["again", "made"].map((name) => `/hook?from=posthorn&${name}`),
    );
    expect(made).not.toBe(lost);
  } finally {
    await other.close();
  }
}, 120_000);
