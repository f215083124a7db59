import { createEventSource } from "@posthorn/cli";
import { createKeys } from "../../packages/store/src/keys.ts";
import { connect } from "../../packages/store/src/connect.ts";
import type { RedisClient } from "../../packages/store/src/connect.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const EVENTS = 6_000;
/** Requests of this many events, in turn. */
const SIZES = [1_000, 100, 10, 1];
/** What waits for a target that is down may take of its JSON in Redis. */
const SHARE_MAX = 0.2;

let stack: Stack | undefined;
let server: RedisServer;
let redis: RedisClient;
let receiver: Receiver;

beforeEach(async () => {
  [server, receiver] = await Promise.all([startRedisServer(), startReceiver()]);
  redis = connect({ address: server.url, name: "test", onError: () => undefined });
  await redis.connect();
});
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  redis.disconnect();
  await Promise.all([receiver.close(), server.remove()]);
});

const PARTITION = createKeys("posthorn").partition(0);

/** What all that the partition stores takes in Redis' memory. */
async function storedBytes(): Promise<number> {
  const keys = await redis.keys(`${PARTITION.base}:*`);
  const sizes = await Promise.all(keys.map((key) => redis.memory("USAGE", key, "SAMPLES", 0)));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** The texts of realistic events, as the stack sends them, in requests of different sizes. */
function requests(): string[][] {
  const source = createEventSource(5);
  const next = (): string => JSON.stringify(JSON.parse(source.next()));
  const made: string[][] = [];
  for (let left = EVENTS; left > 0; left -= made.at(-1)?.length ?? 0) {
    const size = Math.min(left, SIZES[made.length % SIZES.length] ?? 1);
    made.push(Array.from({ length: size }, next));
  }
  return made;
}

test("what waits for a target that is down takes a fifth of its JSON in Redis at most, and arrives as it was sent when the target is back", async () => {
  stack = await startStack({
    redisUrl: server.url,
    workers: 2,
    env: { BATCH_MAX_EVENTS: "1000", BATCH_MAX_WAIT: "1s", RETRY_SCHEDULE: "10m" },
  });
  const { call, send } = stack;
  const { body: catalogue } = await call("GET", "/api/v1/webhooks/events/documentation");
  const events = Object.values(catalogue["results"] as Record<string, { events: object }>).flatMap((group) =>
    Object.keys(group.events),
  );
  const id = await stack.createWebhook(receiver.url, { events });
  receiver.answerWith(() => ({ status: 500 }));
  const sent = requests();
  for (const texts of sent) await send(texts.map((text) => JSON.parse(text) as unknown));
  const jsonBytes = Buffer.byteLength(sent.flat().join(""));

  const isPacked = async (): Promise<boolean> => (await storedBytes()) < SHARE_MAX * jsonBytes;
  await waitFor("all of it being packed", isPacked, 30_000);

  const tried = receiver.batches.length;
  expect(tried).toBeGreaterThan(0);
  receiver.answerWith([]);
  expect(await call("POST", `/api/v1/webhooks/${id}/retry`)).toMatchObject({ status: 200 });
  const arrived = (): Map<string, Buffer> =>
    new Map(receiver.batches.slice(tried).map(({ batchId, body }) => [batchId, body]));
  const textsOf = (bodies: Iterable<Buffer>): string[] =>
    [...bodies].flatMap((body) => (JSON.parse(body.toString()) as unknown[]).map((one) => JSON.stringify(one)));
  await waitFor("every event", () => textsOf(arrived().values()).length >= EVENTS, 30_000);

  const bodies = arrived();
  expect(textsOf(bodies.values()).toSorted()).toEqual(sent.flat().toSorted());
  for (const body of bodies.values()) expect(body.toString()).toBe(`[${textsOf([body]).join(",")}]`);
  // What was tried while it lay there plain, too.
  for (const { batchId, body } of receiver.batches) expect(body.equals(bodies.get(batchId) as Buffer)).toBe(true);
}, 120_000);
