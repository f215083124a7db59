import { createSecretBox, generateSigningSecret, openTarget } from "@posthorn/core";
import type { Webhook } from "@posthorn/core";
import { Redis } from "ioredis";
import { randomBytes } from "node:crypto";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { startTokenServer } from "../../../test/support/token-server.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { CheckView } from "./webhooks/request-view.ts";

const OLD = { POSTHORN_SECRET: "the old secret", BATCH_MAX_WAIT: "50ms" };
const BOTH = { ...OLD, POSTHORN_SECRET: "the new secret", POSTHORN_SECRET_PREVIOUS: "the old secret" };
const NEW = { ...OLD, POSTHORN_SECRET: "the new secret" };
const HOOKS = "{posthorn:defs}:webhooks";
const CHECK = "{posthorn:defs}:secret-check";

let receiver: Receiver;
let database: string;
let redis: Redis;
const running: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  receiver = await startReceiver();
  database = await freshDatabase();
  redis = new Redis(database);
});
afterEach(async () => {
  for (const process of running.splice(0).toReversed()) await process.stop();
  await receiver.close();
  redis.disconnect();
});

async function kept<P extends { stop(): Promise<void> }>(starting: Promise<P>): Promise<P> {
  const process = await starting;
  running.push(process);
  return process;
}
const api = (env: Record<string, string>): Promise<TestApi> =>
  kept(startApi(database, { ...env, POSTHORN_API_KEY: "the-key-of-this-test" }));
const worker = (env: Record<string, string>) => kept(startWorker(database, env));

async function stopAll(): Promise<void> {
  for (const process of running.splice(0).toReversed()) await process.stop();
}

async function create(on: TestApi, changes: Record<string, unknown> = {}): Promise<string> {
  const json = { name: "a webhook", target: receiver.url, events: ["delivery"], ...changes };
  const answer = await on.request("POST", "/api/v1/webhooks", { json });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return (answer.json.results as { id: string }).id;
}

const stored = async (): Promise<Webhook[]> =>
  Object.values(await redis.hgetall(HOOKS)).map((text) => JSON.parse(text) as Webhook);
const sealed = async (): Promise<string[]> =>
  [...JSON.stringify(await stored()).matchAll(/v1\.([\w-]{8})\./g)].map(String);

test("the secret is changed under running webhooks, and each batch goes out with its credentials", async () => {
  const tokens = await startTokenServer();
  running.push({ stop: tokens.close });
  let at = await api(OLD);
  let working = await worker(OLD);
  const body = { grant_type: "client_credentials", client_id: "ada", client_secret: "pst" };
  const { url } = tokens;
  await create(at, {
    auth_token: "let-me-in",
    auth_type: "basic",
    auth_credentials: { username: "ada", password: "secret" },
    custom_headers: { "X-Key": "k3y" },
  });
  await create(at, { auth_type: "oauth2", auth_request_details: { url, body } });

  let n = 0;
  const delivers = async (): Promise<void> => {
    const first = receiver.batches.length;
    const sent = event(++n);
    expect((await at.request("POST", "/api/v1/events", { json: sent })).status).toBe(200);
    await waitFor("both batches", () => receiver.batches.length === first + 2);
    const heads = receiver.batches.slice(first).map(({ headers, events }) => ({ headers, events }));
    expect(heads).toEqual(
      expect.arrayContaining([
        {
          headers: expect.objectContaining({
            "x-messagesystems-webhook-token": "let-me-in",
            "x-key": "k3y",
            authorization: `Basic ${Buffer.from("ada:secret").toString("base64")}`,
          }),
          events: [sent],
        },
        { headers: expect.objectContaining({ authorization: `Bearer ${tokens.issued.at(-1)}` }), events: [sent] },
      ]),
    );
  };
  await delivers();
  const before = await sealed();

  // First the workers, while the API has only the old secret; one that is started again meanwhile may have it still.
  await working.stop();
  working = await worker(BOTH);
  await delivers();
  await (await worker(OLD)).stop();
  await at.stop();
  at = await api(BOTH);
  await delivers();
  const after = await sealed();
  expect(after).toHaveLength(before.length);
  expect(after.filter((text) => before.includes(text))).toEqual([]);

  await expect(startWorker(database, OLD)).rejects.toThrow("POSTHORN_SECRET differs");
  await expect(startApi(database, OLD)).rejects.toThrow("as POSTHORN_SECRET_PREVIOUS");
  await working.stop();
  await at.stop();
  await worker(NEW);
  at = await api(NEW);
  await delivers();
});

test("who drops the old secret before everything is sealed with the new one is refused, API and worker alike", async () => {
  await create(await api(OLD), { auth_token: "let-me-in" });
  await worker(BOTH);
  for (const start of [startApi, startWorker]) {
    await expect(start(database, NEW)).rejects.toThrow("POSTHORN_SECRET differs");
  }
});

test("what a process with the old secret stored late is sealed anew by the next API process", async () => {
  const old = await api(OLD);
  const id = await create(old, { auth_token: "late" });
  const text = (await redis.hget(HOOKS, id)) ?? "";
  const rolled = await api(BOTH);
  // As if it had been written only now.
  await redis.hset(HOOKS, id, text);
  await rolled.stop();
  await api(BOTH);
  const webhook = (await stored()).find((one) => one.id === id);
  expect(webhook && openTarget(webhook, createSecretBox("the new secret"), 0).authToken).toBe("late");
});

test("an API process that still has the old secret stores nothing sealed with it any more, and does the rest", async () => {
  const old = await api(OLD);
  const id = await create(old, { auth_token: "before" });
  const rolled = await api(BOTH);
  const json = { name: "a webhook", target: receiver.url, events: ["delivery"] };
  const secret = { ...json, auth_token: "late" };
  await waitFor(
    "a refusal",
    async () => (await old.request("POST", "/api/v1/webhooks", { json: secret })).status === 503,
  );
  const refused = await old.request("PUT", `/api/v1/webhooks/${id}`, { json: { auth_token: "late" } });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(refused.text).toContain("POSTHORN_SECRET was changed");
  expect((await old.request("POST", "/api/v1/webhooks", { json })).status).toBe(200);
  expect((await old.request("POST", "/api/v1/events", { json: event(1) })).status).toBe(200);
  await create(rolled, { auth_token: "new" });
  const texts = (await stored()).map((webhook) =>
    openTarget(webhook, createSecretBox("the new secret", "the old secret"), 0),
  );
  expect(texts.map(({ authToken }) => authToken)).toEqual(expect.arrayContaining(["before", "new"]));
});

test("of API processes that start at the same time one seals anew, and no webhook is changed twice", async () => {
  const at = await api(OLD);
  for (let n = 0; n < 20; n++) await create(at, { name: `w${n}`, auth_token: `token ${n}` });
  const secret = generateSigningSecret(randomBytes);
  await create(at, { name: "signed", signing: { secret } });
  await stopAll();
  const revisions = new Map((await stored()).map(({ id, revision }) => [id, revision]));
  await Promise.all([1, 2, 3].map(() => api(BOTH)));
  const webhooks = await stored();
  expect(
    webhooks.map((webhook) => openTarget(webhook, createSecretBox("the new secret"), 0).authToken ?? "none"),
  ).toHaveLength(21);
  for (const { id, revision } of webhooks) expect(revision).toBe((revisions.get(id) ?? 0) + 1);
  expect(await redis.get(CHECK)).toBe(createSecretBox("the new secret").checkValue());
});

test("a webhook whose secrets nobody can open can be changed, and delivers what waits when they are set anew", async () => {
  const at = await api(OLD);
  await worker(OLD);
  const auth = { auth_type: "basic", auth_credentials: { username: "ada", password: "secret" } };
  const id = await create(at, { auth_token: "let-me-in", ...auth, custom_headers: { "X-Key": "k3y" } });
  const text = (await redis.hget(HOOKS, id)) ?? "";
  // As after a restart with another secret.
  await stopAll();
  await redis.hset(HOOKS, id, text.replaceAll(/v1\.[\w-]{8}\./g, "v1.XXXXXXXX."));
  const anew = await api(OLD);
  await worker(OLD);
  const put = (json: unknown) => anew.request("PUT", `/api/v1/webhooks/${id}`, { json });
  expect((await anew.request("POST", "/api/v1/events", { json: event(1) })).status).toBe(200);
  const stats = async (): Promise<Record<string, unknown>> => {
    const { webhooks } = (await anew.request("GET", `/api/v1/stats?webhooks=${id}`)).json.results as {
      webhooks: Record<string, unknown>[];
    };
    return webhooks[0] ?? {};
  };
  await waitFor("the webhook being held", async () => (await stats())["secrets_unreadable_since"] !== null);

  expect((await put({ name: "another name" })).status).toBe(200);
  const refused = await put({ target: `${receiver.url}/else` });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("set all of its secrets anew")]);
  expect((await anew.request("POST", `/api/v1/webhooks/${id}/validate`, { json: { message: {} } })).status).toBe(400);
  expect((await put({ auth_token: "new" })).status).toBe(400);
  const check = async (json: unknown): Promise<CheckView> =>
    (await anew.request("POST", `/api/v1/webhooks/check?id=${id}`, { json })).json.results as CheckView;
  for (const body of [{}, { name: "x" }, { paused: true }, { active: false }]) {
    const taken = await check(body);
    expect([taken.problems, taken.request?.url]).toEqual([[], receiver.url]);
  }
  for (const body of [{ target: `${receiver.url}/else` }, { auth_token: "new" }]) {
    expect(await check(body)).toEqual({ problems: refused.json.errors, request: null });
  }
  const whole = await check({ auth_token: "new", ...auth, custom_headers: { "X-Key": "new" } });
  expect([whole.problems, whole.request?.headers]).toEqual([[], expect.arrayContaining([["X-Key", "new"]])]);
  expect(receiver.batches).toEqual([]);
  expect((await put({ auth_token: "new", ...auth, custom_headers: { "X-Key": "new" } })).status).toBe(200);
  await waitFor("the batch", () => receiver.batches.length === 1);
  expect(receiver.batches[0]?.headers).toMatchObject({ "x-messagesystems-webhook-token": "new", "x-key": "new" });
  expect(await stats()).toMatchObject({ secrets_unreadable_since: null, held_until: null });
});

test("a stored secret that nobody can open keeps no API from starting, and the others are sealed anew", async () => {
  const at = await api(OLD);
  const bad = await create(at, { auth_token: "bad" });
  const good = await create(at, { auth_token: "good" });
  await stopAll();
  const text = (await redis.hget(HOOKS, bad)) ?? "";
  await redis.hset(HOOKS, bad, text.replace(/v1\.[\w-]{8}\./, "v1.XXXXXXXX."));
  await api(BOTH);
  const webhook = (await stored()).find(({ id }) => id === good);
  expect(webhook && openTarget(webhook, createSecretBox("the new secret"), 0).authToken).toBe("good");
  await stopAll();
  await api(NEW);
});
