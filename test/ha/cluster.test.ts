import { createKeys } from "../../packages/store/src/keys.ts";
import { ask } from "../support/engines/ask.ts";
import { startRedisCluster } from "../support/engines/redis-cluster.ts";
import type { RedisCluster } from "../support/engines/redis-cluster.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { startLoad } from "../support/steady-load.ts";
import { waitFor } from "../support/wait-for.ts";
import { expectExactly } from "./expect-exactly.ts";

/** A Cluster needs two seconds to miss a master and some to agree; the rest is for a busy machine. */
const FAILOVER_MAX_MS = 40_000;
const WEBHOOKS = 4;

const keys = createKeys("posthorn");

let cluster: RedisCluster;
let receivers: Receiver[];
let stack: Stack | undefined;

beforeEach(async () => {
  receivers = await Promise.all(Array.from({ length: WEBHOOKS }, startReceiver));
  cluster = await startRedisCluster({ masters: 3, replicasEach: 1 });
}, 90_000);
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  await cluster.remove();
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

async function start(env: Record<string, string> = {}): Promise<Stack> {
  const own = { BATCH_MAX_WAIT: "200ms", RETRY_SCHEDULE: "500ms", ...env };
  stack = await startStack({ redisUrl: cluster.url, workers: 2, env: own });
  return stack;
}

/** The partitions of webhooks, as the masters hold their states. */
async function partitionsOf(ids: readonly string[]): Promise<number[]> {
  const found = new Map<string, number>();
  for (const { port } of await cluster.masters()) {
    for (const key of (await ask(port, "KEYS", "*:w:*")) as string[]) {
      const [, partition, id = ""] = /:p(\d+)\}:w:(.*)$/.exec(key) ?? [];
      found.set(id, Number(partition));
    }
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Webhooks of which at least one lies on another master than the definitions do. */
async function createWebhooks(running: Stack): Promise<{ readonly id: string; readonly partition: number }[]> {
  const ids: string[] = [];
  for (const { url } of receivers) ids.push(await running.createWebhook(url));
  const partitions = await partitionsOf(ids);
  return ids.map((id, index) => ({ id, partition: partitions[index] ?? -1 }));
}

const partitionKey = (partition: number): string => keys.partition(partition).base;

async function replicaOf(master: RedisServer): Promise<RedisServer> {
  const id = String(await ask(master.port, "CLUSTER", "MYID"));
  const [line = ""] = (await ask(master.port, "CLUSTER", "REPLICAS", id)) as string[];
  const port = Number(/:(\d+)@/.exec(line)?.[1]);
  const replica = cluster.nodes.find((node) => node.port === port);
  if (replica === undefined) throw new Error(`no replica in ${line}`);
  return replica;
}

test("webhooks are spread over partitions, and these over the masters", async () => {
  const running = await start();
  const ids: string[] = [];
  for (let n = 0; n < 40; n++) ids.push(await running.createWebhook(`${receivers[0]?.url}&${n}`));
  const partitions = new Set(await partitionsOf(ids));
  expect(partitions.size).toBeGreaterThan(8);
  const masters = await Promise.all([...partitions].map((partition) => cluster.masterOf(partitionKey(partition))));
  expect(new Set(masters).size).toBe(3);
  const worker = (await (await fetch(`${running.workers[0]?.url}/readyz`)).json()) as Record<string, unknown>;
  expect(JSON.stringify(worker)).toContain("on the fullest of 3 masters");
}, 120_000);

test("DURABILITY=replica:1: masters killed under load lose nothing that was acknowledged, and double none of it", async () => {
  const running = await start({ DURABILITY: "replica:1" });
  const [webhook] = await createWebhooks(running);
  const load = startLoad(running);
  for (const key of [partitionKey(webhook?.partition ?? 0), keys.definitions.version]) {
    const before = load.accepted.length;
    await waitFor("events being accepted", () => load.accepted.length > before + 1_000, 20_000);
    await cluster.awaitReplicas();
    load.longestGapMs();
    const master = await cluster.masterOf(key);
    await master.kill("SIGKILL");
    await cluster.awaitFailover(key, master);
    // Who has taken over has no replica of its own that could confirm anything.
    await master.start();
    const count = load.accepted.length;
    await waitFor("events being accepted again", () => load.accepted.length > count + 200, FAILOVER_MAX_MS);
    const gapMs = load.longestGapMs();
    console.error(`nothing was acknowledged for ${Math.round(gapMs)} ms`);
    expect(gapMs).toBeLessThan(FAILOVER_MAX_MS);
  }
  await load.stop();
  expect(load.refusals).toEqual([]);
  for (const receiver of receivers) await expectExactly(receiver, load);
}, 240_000);

test("slots that move while events flow lose nothing and double nothing", async () => {
  const running = await start();
  const [webhook] = await createWebhooks(running);
  const load = startLoad(running);
  for (const key of [partitionKey(webhook?.partition ?? 0), keys.definitions.version]) {
    const before = load.accepted.length;
    await waitFor("events being accepted", () => load.accepted.length > before + 1_000, 20_000);
    const from = await cluster.masterOf(key);
    const to = (await cluster.masters()).find((master) => master !== from);
    if (to === undefined) throw new Error("there is no other master");
    load.longestGapMs();
    await cluster.moveSlot(key, to, { keysAtATime: 2, pauseMs: 100 });
    const count = load.accepted.length;
    await waitFor("events being accepted again", () => load.accepted.length > count + 500, 30_000);
    console.error(`nothing was acknowledged for ${Math.round(load.longestGapMs())} ms`);
    expect(await cluster.masterOf(key)).toBe(to);
  }
  await load.stop();
  expect(load.refusals).toEqual([]);
  for (const receiver of receivers) await expectExactly(receiver, { accepted: load.accepted });
}, 240_000);

test("events reach a webhook of which its partition's new master has never heard", async () => {
  const running = await start();
  // Each partition that is used has been made known before.
  for (let n = 0; n < 40; n++) await running.createWebhook(`${receivers[3]?.url}&${n}`, { events: ["open"] });
  const definitions = await cluster.masterOf(keys.definitions.version);
  const victim = (await cluster.masters()).find((master) => master !== definitions);
  if (victim === undefined) throw new Error("there is no other master");
  const replica = await replicaOf(victim);
  await replica.kill("SIGKILL");
  const made: { readonly id: string; readonly receiver: Receiver }[] = [];
  for (const receiver of receivers.slice(0, 3)) made.push({ id: await running.createWebhook(receiver.url), receiver });
  await victim.kill("SIGKILL");
  await replica.start();
  await waitFor("the replica taking over", async () => (await cluster.masters()).includes(replica), FAILOVER_MAX_MS);
  await waitFor(
    "events being accepted",
    () =>
      running.send([event(1)]).then(
        () => true,
        () => false,
      ),
    FAILOVER_MAX_MS,
  );
  for (const { receiver } of made) {
    await waitFor("the event", () => receiver.batches.some(({ events }) => numbersOf(events).includes(1)), 20_000);
  }
  await waitFor(
    "the states being there again",
    async () => (await partitionsOf(made.map(({ id }) => id))).length === 3,
    30_000,
  );
}, 180_000);

test("what waits for a webhook whose definition is lost goes with it", async () => {
  const running = await start({ RETRY_SCHEDULE: "2s" });
  const definitions = await cluster.masterOf(keys.definitions.version);
  const replica = await replicaOf(definitions);
  await running.createWebhook(`${receivers[1]?.url}`, { events: ["open"] });
  await replica.kill("SIGKILL");
  const made: string[] = [];
  // One of them at least lies on another master.
  for (let n = 0; n < 12; n++) made.push(await running.createWebhook(`${receivers[0]?.url}&${n}`));
  receivers[0]?.answerWith(() => ({ status: 500 }));
  await running.send([event(1)]);
  await waitFor("the first attempts", () => (receivers[0]?.batches.length ?? 0) >= made.length, 20_000);
  await definitions.kill("SIGKILL");
  await replica.start();
  await waitFor("the replica taking over", async () => (await cluster.masters()).includes(replica), FAILOVER_MAX_MS);
  await waitFor(
    "the webhooks being gone",
    async () => {
      const answers = await Promise.all(made.map((id) => running.call("GET", `/api/v1/webhooks/${id}`)));
      return answers.every(({ status }) => status === 404);
    },
    FAILOVER_MAX_MS,
  );
  await waitFor("their states being gone", async () => (await partitionsOf(made)).length === 0, 60_000);
  const before = receivers[0]?.batches.length;
  await running.send([event(2, "open")]);
  await waitFor("what comes for others", () => receivers[1]?.batches.length === 1, 20_000);
  expect(receivers[0]?.batches.length).toBe(before);
}, 180_000);

test("one node of a Cluster is not taken for a Redis that keeps everything", async () => {
  const node = cluster.nodes[0]?.url ?? "";
  await expect(startStack({ redisUrl: node })).rejects.toThrow(
    /write redis\+cluster:\/\/host:port instead of redis:\/\//,
  );
}, 60_000);
