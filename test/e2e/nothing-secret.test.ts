import type { Redis } from "ioredis";
import { startForwardProxy } from "../support/forward-proxy.ts";
import type { ForwardProxy } from "../support/forward-proxy.ts";
import { mastersOf, openRedis } from "../support/open-redis.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { startTokenServer } from "../support/token-server.ts";
import type { TokenServer } from "../support/token-server.ts";
import { waitFor } from "../support/wait-for.ts";

/** All that nobody but a target, a token URL or the proxy is to see. */
const SECRETS = {
  token: "s3cret-token",
  password: "s3cret-password",
  header: "s3cret-header",
  client: "s3cret-client",
  url: "s3cret-in-url",
  proxy: "s3cret-of-proxy",
  posthorn: "s3cret-of-posthorn",
  metrics: "s3cret-of-metrics",
  notices: "s3cret-of-notices",
  noticeToken: "s3cret-notice-token",
};

let redisUrl: string;
let receiver: Receiver;
let tokens: TokenServer;
let proxy: ForwardProxy;
let stack: Stack;
beforeEach(async () => {
  redisUrl = await freshDatabase();
  [receiver, tokens] = await Promise.all([startReceiver(), startTokenServer()]);
  proxy = await startForwardProxy({ credentials: `posthorn:${SECRETS.proxy}` });
  stack = await startStack({
    redisUrl,
    env: {
      POSTHORN_SECRET: SECRETS.posthorn,
      EGRESS_PROXY: proxy.url,
      METRICS_TOKEN: SECRETS.metrics,
      // Nobody is there.
      NOTIFY_URL: `http://127.0.0.1:1/hooks/${SECRETS.notices}`,
      NOTIFY_TOKEN: SECRETS.noticeToken,
      BATCH_MAX_WAIT: "100ms",
      RETRY_SCHEDULE: "200ms",
      LOG_LEVEL: "trace",
    },
  });
});
afterEach(async () => {
  await stack.stop();
  await Promise.all([receiver.close(), tokens.close(), proxy.close()]);
});

/** Everything in Redis, as text. */
async function dump(): Promise<string> {
  const redis = await openRedis(redisUrl);
  const parts = await Promise.all(mastersOf(redis).map(dumpOf));
  redis.disconnect();
  return JSON.stringify(parts);
}

async function dumpOf(redis: Redis): Promise<unknown[]> {
  const parts: unknown[] = [];
  for (const key of await redis.keys("*")) {
    const type = await redis.type(key);
    const read = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, "0", "-1", "WITHSCORES"),
      stream: () => redis.xrange(key, "-", "+"),
    }[type];
    parts.push(key, await read?.());
  }
  return parts;
}

test("no secret of a target lies readable in Redis, job data included, nor in a log line or an answer, while attempts fail", async () => {
  const signed = await stack.call("POST", "/api/v1/webhooks", {
    name: "with all that there is",
    target: receiver.url.replace("//", `//ada:${SECRETS.url}@`),
    events: ["delivery"],
    auth_token: SECRETS.token,
    custom_headers: { "X-Key": SECRETS.header },
    signing: { enabled: true },
  });
  expect(signed.status).toBe(200);
  const signing = JSON.stringify(signed.body).match(/whsec_[\w+/=]+/)?.[0] ?? "";
  expect(signing).not.toBe("");
  const basic = { auth_type: "basic", auth_credentials: { username: "ada", password: SECRETS.password } };
  await stack.createWebhook(receiver.url, { events: ["delivery"], ...basic });
  const oauth = { url: tokens.url, body: { client_id: "ada", client_secret: SECRETS.client } };
  await stack.createWebhook(receiver.url, { events: ["delivery"], auth_type: "oauth2", auth_request_details: oauth });

  receiver.answerWith(() => ({ status: 500 }));
  const sent = event(1) as { msys: { message_event: Record<string, string> } };
  sent.msys.message_event["rcpt_to"] = "ada@example.com";
  await stack.send([sent]);
  await waitFor("two attempts of each batch", () => receiver.batches.length >= 6, 20_000);
  const shown: unknown[] = [];
  const { results } = (await stack.call("GET", "/api/v1/webhooks")).body as { results: { id: string }[] };
  for (const { id } of results) {
    for (const path of ["", "/batches", "/batch-status"]) {
      shown.push((await stack.call("GET", `/api/v1/webhooks/${id}${path}`)).body);
    }
  }
  const refused = await stack.call("POST", "/api/v1/webhooks", {
    name: "nobody there",
    target: `http://ada:${SECRETS.url}@127.0.0.1:1/`,
    events: ["delivery"],
    auth_token: SECRETS.token,
  });
  expect(refused.status).toBe(400);
  shown.push(refused.body);

  // Only a second batch that fails makes a webhook failing.
  await stack.send([event(2)]);
  const told = ({ event: name }: Record<string, unknown>): boolean => name === "notice.not-told";
  await waitFor("a notice that could not be told", () => stack.workers[0]?.logs.some(told), 20_000);
  const logs = JSON.stringify([stack.api, ...stack.workers].map((process_) => process_.logs));
  const places = { redis: await dump(), logs, answers: JSON.stringify(shown) };
  // Else the test would show nothing.
  expect(receiver.batches.map(({ headers }) => headers.authorization ?? "")).toEqual(
    expect.arrayContaining([expect.stringContaining(tokens.issued[0] ?? "no token was issued")]),
  );
  expect(places.redis).toContain("ada@example.com");
  expect(places.logs).toContain("delivery.attempted");
  for (const secret of [...Object.values(SECRETS), signing, ...tokens.issued, stack.apiKey]) {
    const bare = Buffer.from(`ada:${secret}`).toString("base64");
    for (const [place, text] of Object.entries(places)) {
      expect([place, secret, text.includes(secret) || text.includes(bare)]).toEqual([place, secret, false]);
    }
  }
  // Events are kept from logs too.
  expect(places.logs).not.toContain("ada@example.com");
});
