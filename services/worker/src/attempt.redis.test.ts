import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { pino } from "pino";
import {
  createSecretBox,
  DEFAULT_SETTINGS,
  generateSigningSecret,
  openTarget,
  sealSettings,
  WEBHOOK_DEFAULTS,
} from "@posthorn/core";
import type { Webhook, WebhookSettings } from "@posthorn/core";
import { createDeliver } from "@posthorn/delivery";
import type { Deliverer } from "@posthorn/delivery";
import { Webhook as Verifier } from "standardwebhooks";
import { createPartition, RULES } from "../../../test/support/partition.ts";
import type { PartitionHarness } from "../../../test/support/partition.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { LOOPBACK_GUARD } from "../../../test/support/target-access.ts";
import { startTokenServer } from "../../../test/support/token-server.ts";
import type { TokenServer } from "../../../test/support/token-server.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { connect } from "../../../packages/store/src/connect.ts";
import type { RedisClient } from "../../../packages/store/src/connect.ts";
import { createTokenCache } from "../../../packages/store/src/token-cache.ts";
import { makeAttempt } from "./attempt.ts";

const box = createSecretBox("a secret for tests");
const EVENT = '{"msys":{"message_event":{"type":"delivery"}}}';

let redis: RedisClient;
let partition: PartitionHarness;
let receiver: Receiver;
let tokens: TokenServer;
let deliverer: Deliverer;
let log: string;

beforeEach(async () => {
  redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
  partition = createPartition(redis);
  [receiver, tokens] = await Promise.all([startReceiver(), startTokenServer()]);
  deliverer = createDeliver({
    userAgent: "Posthorn/test",
    timeoutMs: 500,
    tokens: createTokenCache({ redis, keys: partition.keys, box }),
    guard: LOOPBACK_GUARD,
  });
  log = "";
});
afterEach(async () => {
  deliverer.close();
  await Promise.all([receiver.close(), tokens.close()]);
  redis.disconnect();
});

/** A webhook of the partition with one batch of one event, and the settings told. */
async function webhookWith(settings: Partial<WebhookSettings>): Promise<Webhook> {
  const id = await partition.webhook();
  await partition.send([id], [EVENT]);
  await partition.pass(30_000);
  const base: Webhook = {
    ...WEBHOOK_DEFAULTS,
    id,
    revision: 1,
    partition: 0,
    name: "test",
    target: receiver.url,
    events: ["delivery"],
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  const after = { ...DEFAULT_SETTINGS, name: "test", target: receiver.url, events: ["delivery"], ...settings };
  return sealSettings(base, DEFAULT_SETTINGS, after, box);
}

/** Makes the attempt that is due; resolves to its record and the lines logged. */
async function attempt(webhook: Webhook, opening = box): Promise<Record<string, unknown>> {
  const output = new PassThrough();
  output.on("data", (part: Buffer) => (log += part.toString()));
  const leased = await partition.leaseNext();
  await makeAttempt(
    {
      batches: partition.batches,
      deliver: deliverer.deliver,
      openTarget: (opened, nowMs) => openTarget(opened, opening, nowMs),
      rules: RULES,
      log: pino({ level: "trace" }, output),
      warn: () => undefined,
      random: () => 0.5,
      deactivate: async () => undefined,
      onAttempt: () => undefined,
      tracing: undefined,
    },
    {
      partition: 0,
      lane: "fresh",
      leased,
      webhook,
      signal: new AbortController().signal,
      viaJob: false,
      nextFor: () => undefined,
    },
  );
  return lastLine();
}

function lastLine(): Record<string, unknown> {
  return JSON.parse(log.trim().split("\n").at(-1) ?? "{}") as Record<string, unknown>;
}

const OAUTH = (): WebhookSettings["auth"] => ({
  kind: "oauth2",
  url: tokens.url,
  body: { client_id: "ada", client_secret: "cl1ent-s3cret" },
});

test("a secret that cannot be opened is no failure of the target: the webhook waits, and the log says why", async () => {
  const webhook = await webhookWith({ authToken: "t0ken" });
  const { outcome, verdict, error, failing } = await attempt(webhook, createSecretBox("another secret"));
  expect({ outcome, verdict, failing }).toEqual({ outcome: "unreadable", verdict: "held-back" });
  expect(error).toContain("POSTHORN_SECRET");
  expect(receiver.batches).toEqual([]);
  // Once the secret is back, so is the batch.
  await partition.pass(65_000);
  expect(await attempt(webhook)).toMatchObject({ outcome: "delivered", verdict: "delivered" });
  expect(receiver.batches[0]?.token).toBe("t0ken");
});

test("a batch of which Redis has lost text follows its schedule, whether it is signed or not, and the log says why", async () => {
  const signing = { secret: generateSigningSecret(randomBytes), previous: null };
  for (const settings of [{}, { signing }]) {
    const webhook = await webhookWith(settings);
    for (const key of await redis.keys(`${partition.keys.partition(0).chunk("")}*`)) await redis.del(key);
    const { outcome, verdict, error, nextInMs } = await attempt(webhook);
    expect({ outcome, verdict, nextInMs }).toEqual({ outcome: "lost", verdict: "retry", nextInMs: 60_000 });
    expect(error).toContain("missing in Redis");
  }
  const webhook = await webhookWith({});
  for (const key of await redis.keys(`${partition.keys.partition(0).ranges("")}*`)) await redis.del(key);
  expect(await attempt(webhook)).toMatchObject({ outcome: "lost", verdict: "retry" });
  expect(receiver.batches).toEqual([]);
});

test("a token URL that gives no token is a failed attempt, named in log and record", async () => {
  tokens.answerWith({ status: 403 });
  const webhook = await webhookWith({ auth: OAUTH() });
  expect(await attempt(webhook)).toMatchObject({
    outcome: "auth",
    verdict: "retry",
    errorCode: "OAUTH_TOKEN_403",
    error: "The token URL answered 403",
  });
  expect(receiver.batches).toEqual([]);
});

test("a batch is signed by the time of Redis, and with the secret before while that is valid", async () => {
  const [secret, previous] = [generateSigningSecret(randomBytes), generateSigningSecret(randomBytes)];
  const untilMs = partition.now() + 60_000;
  const webhook = await webhookWith({ signing: { secret, previous: { secret: previous, untilMs } } });
  await attempt(webhook);
  const headers = receiver.batches[0]?.headers ?? {};
  expect(headers["webhook-timestamp"]).toBe(String(Math.floor(partition.now() / 1_000)));
  expect(headers["webhook-id"]).toBe(receiver.batches[0]?.batchId);
  expect(headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
  const signatures = [secret, previous].map((key) =>
    new Verifier(key).sign(String(headers["webhook-id"]), new Date(partition.now()), `[${EVENT}]`),
  );
  expect(headers["webhook-signature"]).toBe(signatures.join(" "));
});

test("each attempt is one line with all that there is to know of it, also when its outcome could not be recorded", async () => {
  receiver.answerWith([{ status: 503 }]);
  const webhook = await webhookWith({});
  const { host } = new URL(receiver.url);
  const shared = { level: 40, msg: "delivery.attempted", webhook: webhook.id, host, lane: "fresh", events: 1 };
  expect(await attempt(webhook)).toMatchObject({
    ...shared,
    attempt: 1,
    bodyBytes: EVENT.length + 2,
    outcome: "status_5xx",
    status: 503,
    verdict: "retry",
    nextInMs: 60_000,
    batch: receiver.batches[0]?.batchId,
    latencyMs: expect.any(Number) as number,
  });
  expect(lastLine()["ageMs"]).toBeGreaterThanOrEqual(30_000);
  await partition.pass(66_000);
  expect(await attempt(webhook)).toMatchObject({ ...shared, level: 30, attempt: 2, status: 200, verdict: "delivered" });
  expect(log.match(/delivery.attempted/g)).toHaveLength(2);

  // Redis has something else where the batch was.
  const broken = await webhookWith({});
  const names = partition.keys.partition(0);
  receiver.answerWith(() => ({ status: 200, delayMs: 100 }));
  const failing = attempt(broken);
  failing.catch(() => undefined);
  const [batch = ""] = await waitFor("the lease", async () => {
    const held = await redis.zrange(names.slots(broken.id), "0", "-1");
    const state = held[0] === undefined ? null : await redis.hget(names.batch(held[0]), "s");
    return state === "l" ? held : undefined;
  });
  await redis.set(names.batch(batch), "no hash");
  await expect(failing).rejects.toThrow("WRONGTYPE");
  expect(lastLine()).toMatchObject({ batch, outcome: "delivered", status: 200, answer: "unrecorded" });
});

test("neither log nor Redis shows a secret, whatever becomes of the attempts", async () => {
  const secret = generateSigningSecret(randomBytes);
  const shared = {
    authToken: "t0ken-s3cret",
    customHeaders: { "X-Key": "h3ader-s3cret" },
    signing: { secret, previous: null },
  };
  const auths: WebhookSettings["auth"][] = [OAUTH(), { kind: "basic", username: "ada", password: "p4ssword" }];
  const answers = [{ status: 200 }, { status: 401 }, { status: 500 }, "reset"] as const;
  for (const auth of auths) {
    for (const answer of answers) {
      receiver.answerWith(() => answer);
      await attempt(await webhookWith({ ...shared, auth }));
    }
  }
  tokens.answerWith({ status: 400, body: '{"error":"invalid_client"}' });
  await attempt(await webhookWith({ ...shared, auth: OAUTH() }));
  expect(receiver.batches.length).toBeGreaterThan(8);
  expect(tokens.issued.length).toBeGreaterThan(4);

  const stored = await everythingIn(redis);
  const secrets = [
    ...tokens.issued,
    "cl1ent-s3cret",
    "t0ken-s3cret",
    "h3ader-s3cret",
    "p4ssword",
    Buffer.from("ada:p4ssword").toString("base64"),
    secret.slice("whsec_".length),
  ];
  for (const text of secrets) {
    expect(log).not.toContain(text);
    expect(stored).not.toContain(text);
  }
  // What is looked for would be found.
  expect(log).toContain("delivery.attempted");
  expect(stored).toContain("OAUTH_TOKEN_400");
  expect(stored).toMatch(/3600 v1\./);
});

async function everythingIn(client: RedisClient): Promise<string> {
  const texts: string[] = [];
  for (const key of await client.keys("*")) {
    switch (await client.type(key)) {
      case "hash":
        texts.push(key, ...Object.entries(await client.hgetall(key)).flat());
        break;
      case "list":
        texts.push(key, ...(await client.lrange(key, 0, -1)));
        break;
      case "set":
        texts.push(key, ...(await client.smembers(key)));
        break;
      case "zset":
        texts.push(key, ...(await client.zrange(key, "0", "-1")));
        break;
      default:
        texts.push(key, (await client.get(key)) ?? "");
    }
  }
  return texts.join("\n");
}
