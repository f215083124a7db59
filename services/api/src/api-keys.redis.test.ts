import { Redis } from "ioredis";
import { openStore } from "@posthorn/store";
import type { Store } from "@posthorn/store";
import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { LIMITS } from "../../../test/support/partition.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";

const KEYS = "/api/v1/api-keys";
const UNKNOWN_ID = "0123456789ab";
const EVENT = '[{"msys":{"message_event":{"type":"delivery"}}}]';

interface NewKey {
  readonly id: string;
  readonly key: string;
}

let url: string;
let api: TestApi;
let others: TestApi[];
beforeEach(async () => {
  url = await freshDatabase();
  api = await startApi(url);
  others = [];
});
afterEach(async () => {
  await Promise.all([api, ...others].map((one) => one.stop()));
});

/** Another process on the same database. */
async function startAnother(env: Record<string, string> = {}): Promise<TestApi> {
  const another = await startApi(url, { POSTHORN_API_KEY: api.apiKey, ...env });
  others.push(another);
  return another;
}

async function makeKey(changes: Record<string, unknown> = {}): Promise<NewKey> {
  const { status, text, json } = await api.request("POST", KEYS, {
    json: { label: "test", grants: ["webhooks/view"], ...changes },
  });
  if (status !== 200) throw new Error(`no key was made: ${status} ${text}`);
  return json.results as NewKey;
}

const withKey = (key: string, method = "GET", path = "/api/v1/webhooks", where = api): Promise<ApiAnswer> =>
  where.request(method, path, {
    headers: { authorization: key },
    ...(method === "POST" && path.endsWith("events") ? { body: EVENT } : {}),
  });
const rows = async (): Promise<readonly Record<string, unknown>[]> =>
  (await api.request("GET", KEYS)).json.results as Record<string, unknown>[];

test("a key is shown once, when it is made, and never again", async () => {
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  const made = await api.request("POST", KEYS, {
    json: { label: "MTA 1", grants: ["events/ingest", "webhooks/view"], subaccount_id: 7, expires_at },
  });
  const { id, key } = made.json.results as NewKey;
  expect(made.headers.get("cache-control")).toBe("no-store");
  expect(made.json.results).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    key: expect.stringMatching(/^ph_[0-9a-f]{12}_[\w-]{32}$/),
    label: "MTA 1",
    grants: ["events/ingest", "webhooks/view"],
    subaccount_id: 7,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    expires_at,
  });
  const row = {
    id,
    short_key: `ph_${id}`,
    label: "MTA 1",
    grants: ["events/ingest", "webhooks/view"],
    subaccount_id: 7,
    created_at: expect.any(String),
    expires_at,
    last_used_at: null,
  };
  expect(await rows()).toEqual([row]);
  const one = await api.request("GET", `${KEYS}/${id}`);
  expect(one.json.results).toEqual(row);
  expect(one.text).not.toContain(key.slice(-32));
});

test("what was not asked for is null", async () => {
  await makeKey();
  expect(await rows()).toEqual([
    expect.objectContaining({ subaccount_id: null, expires_at: null, last_used_at: null }),
  ]);
});

test("Redis holds a hash of the key and nowhere its secret", async () => {
  const { key } = await makeKey();
  expect((await withKey(key)).status).toBe(200);
  const redis = new Redis(url);
  try {
    await waitFor("the use being noted", async () => (await redis.hlen("{posthorn:defs}:api-key-uses")) === 1);
    const everything = JSON.stringify(await contents(redis));
    expect(everything).toContain(key.slice(3, 15));
    expect(everything).toContain('\\"hash\\"');
    expect(everything).not.toContain(key.slice(16));
  } finally {
    redis.disconnect();
  }
});

/** Every key of the database with all that it holds. */
async function contents(redis: Redis): Promise<unknown[]> {
  const names = await redis.keys("*");
  return Promise.all(
    names.map(async (name) => {
      const type = await redis.type(name);
      switch (type) {
        case "hash":
          return [name, await redis.hgetall(name)];
        case "string":
          return [name, await redis.get(name)];
        case "zset":
          return [name, await redis.zrange(name, "0", "-1")];
        case "set":
          return [name, await redis.smembers(name)];
        case "list":
          return [name, await redis.lrange(name, 0, -1)];
        case "stream":
          return [name, await redis.xrange(name, "-", "+")];
        default:
          throw new Error(`${name} is a ${type}, which this test cannot read`);
      }
    }),
  );
}

test("every problem of a body is answered at once", async () => {
  const { status, json } = await api.request("POST", KEYS, {
    json: { grants: ["root"], expires_at: "2001-01-01", colour: "red" },
  });
  expect(status).toBe(400);
  expect(json.errors?.map(({ param }) => param).toSorted()).toEqual(["colour", "expires_at", "grants[0]", "label"]);
  expect(json.errors).toContainEqual({ message: "Unknown parameter", param: "colour", value: "red" });
  expect(await rows()).toEqual([]);
});

test.each([
  ["webhooks/view", { view: 200, modify: 403, ingest: 403, keys: 403 }],
  ["webhooks/modify", { view: 200, modify: 404, ingest: 403, keys: 403 }],
  ["events/ingest", { view: 403, modify: 403, ingest: 200, keys: 403 }],
  ["admin", { view: 200, modify: 404, ingest: 200, keys: 200 }],
])("a key with the grant %s is let in where that is enough, and nowhere else", async (grant, expected) => {
  const { key } = await makeKey({ grants: [grant] });
  const calls = {
    view: ["GET", "/api/v1/webhooks"],
    modify: ["DELETE", "/api/v1/webhooks/11111111-1111-4111-8111-111111111111"],
    ingest: ["POST", "/api/v1/events"],
    keys: ["GET", KEYS],
  } as const;
  const answers = await Promise.all(
    Object.entries(calls).map(async ([name, [method, path]]) => [name, (await withKey(key, method, path)).status]),
  );
  expect(Object.fromEntries(answers)).toEqual(expected);
});

test.each([
  ["GET", "/api/v1/webhooks", ["events/ingest"], "webhooks/view"],
  ["GET", "/api/v1/WEBHOOKS/", ["events/ingest"], "webhooks/view"],
  ["HEAD", "/api/v1/webhooks", ["events/ingest"], undefined],
  ["POST", "/api/v1/webhooks", ["webhooks/view"], "webhooks/modify"],
  ["PUT", `/api/v1/webhooks/${UNKNOWN_ID}`, ["webhooks/view"], "webhooks/modify"],
  ["POST", `/api/v1/webhooks/${UNKNOWN_ID}/validate`, ["webhooks/view"], "webhooks/modify"],
  ["POST", "/api/v1/events", ["webhooks/modify"], "events/ingest"],
  ["POST", "/api/v1/events/", ["webhooks/modify"], "events/ingest"],
  ["POST", "/api/v1/ingest/events", ["webhooks/modify"], "events/ingest"],
  ["POST", KEYS, ["webhooks/modify", "events/ingest"], "admin"],
  ["DELETE", `${KEYS}/${UNKNOWN_ID}`, ["webhooks/modify", "events/ingest"], "admin"],
])(
  "%s %s by a key with %j only is answered 403, naming the grant (facts §1.9)",
  async (method, path, grants, lacking) => {
    const { key } = await makeKey({ grants });
    const { status, json } = await withKey(key, method, path);
    expect(status).toBe(403);
    // An answer to HEAD has no body.
    expect(json.errors?.[0]).toEqual(
      lacking === undefined
        ? undefined
        : {
            message: "Forbidden.",
            description: expect.stringContaining(`lacks the grant ${lacking}: `),
            code: "1100",
          },
    );
  },
);

test("a key is also taken as the user of HTTP Basic", async () => {
  const { key } = await makeKey();
  const basic = `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
  expect((await withKey(basic)).status).toBe(200);
});

test("an unknown key is answered 401, and so is one with another secret", async () => {
  const { key } = await makeKey();
  const other = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
  for (const wrong of [other, `ph_${UNKNOWN_ID}_${"x".repeat(32)}`, key.slice(0, 15), "ph_"]) {
    const { status, json } = await withKey(wrong);
    expect([wrong, status, json.errors?.[0]?.["message"]]).toEqual([wrong, 401, "Unauthorized."]);
    expect(json.errors?.[0]?.["description"]).not.toMatch(/expired/);
  }
  expect((await rows())[0]?.["last_used_at"]).toBeNull();
});

test("a key is admitted until it expires; then 401 says so, but only to who holds the whole key", async () => {
  const { key } = await makeKey({ expires_at: new Date(Date.now() + 1_500).toISOString() });
  expect((await withKey(key)).status).toBe(200);
  const late = await waitFor("the expiry", async () => {
    const answer = await withKey(key);
    return answer.status === 401 && answer;
  });
  expect(late.json.errors).toEqual([
    { message: "Unauthorized.", description: expect.stringMatching(/^This API key has expired/) },
  ]);
  const guess = await withKey(`${key.slice(0, 16)}${"x".repeat(32)}`);
  expect([guess.status, guess.json.errors?.[0]?.["description"]]).toEqual([401, expect.not.stringMatching(/expired/)]);
});

test("G9 A revoked key is refused by every process once its revocation is answered", async () => {
  const another = await startAnother();
  const { id, key } = await makeKey();
  expect((await withKey(key, "GET", "/api/v1/webhooks", another)).status).toBe(200);
  const revokedAtMs = performance.now();
  expect((await api.request("DELETE", `${KEYS}/${id}`)).status).toBe(204);
  for (const where of [api, another]) expect((await withKey(key, "GET", "/api/v1/webhooks", where)).status).toBe(401);
  expect(performance.now() - revokedAtMs).toBeLessThan(2_000);
  expect(await rows()).toEqual([]);
});

test("a create and a revocation are answered only when every other living process has confirmed them", async () => {
  const store: Store = await openStore({ address: url, name: "test", limits: LIMITS, onError: () => undefined });
  const confirmLate = async (act: () => Promise<unknown>): Promise<void> => {
    const before = await store.definitions.version();
    await store.definitions.confirm("another process", before);
    let isAnswered = false;
    const acting = act().then(() => (isAnswered = true));
    const version = await waitFor("the write", async () => {
      const now = await store.definitions.version();
      return now > before && now;
    });
    for (let n = 0; n < 20; n++) await api.request("GET", KEYS);
    expect(isAnswered).toBe(false);
    await store.definitions.confirm("another process", version);
    await acting;
  };
  try {
    let id = "";
    await confirmLate(async () => ({ id } = await makeKey()));
    await confirmLate(() => api.request("DELETE", `${KEYS}/${id}`));
  } finally {
    await store.close();
  }
});

test("what is not there can be neither retrieved nor revoked", async () => {
  const { id } = await makeKey();
  await api.request("DELETE", `${KEYS}/${id}`);
  for (const path of [id, UNKNOWN_ID, "no-id", id.toUpperCase(), "__proto__"]) {
    for (const method of ["GET", "DELETE"]) {
      const { status, json } = await api.request(method, `${KEYS}/${path}`);
      expect([path, status, json.errors?.[0]?.["code"]]).toEqual([path, 404, "1600"]);
    }
  }
});

test("other methods are refused, naming those that work", async () => {
  const patched = await api.request("PATCH", `${KEYS}/${UNKNOWN_ID}`, { json: {} });
  expect([patched.status, patched.headers.get("allow")]).toEqual([405, "GET, DELETE"]);
  const put = await api.request("PUT", KEYS, { json: {} });
  expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, POST"]);
});

test("the last use is remembered, and changes no version that processes would have to confirm", async () => {
  const store: Store = await openStore({ address: url, name: "test", limits: LIMITS, onError: () => undefined });
  try {
    const { key } = await makeKey();
    const version = await store.definitions.version();
    const beforeMs = Date.now();
    expect((await withKey(key)).status).toBe(200);
    const used = await waitFor("the last use", async () => (await rows())[0]?.["last_used_at"] as string | null);
    expect(Date.parse(used)).toBeGreaterThan(beforeMs - 1_000);
    expect(Date.parse(used)).toBeLessThan(Date.now() + 1_000);
    expect((await withKey(key)).status).toBe(200);
    expect((await rows())[0]?.["last_used_at"]).toBe(used);
    expect(await store.definitions.version()).toBe(version);
  } finally {
    await store.close();
  }
});

test("two keys may use the same Idempotency-Key without meeting", async () => {
  const keys = [await makeKey({ grants: ["events/ingest"] }), await makeKey({ grants: ["events/ingest"] })];
  const answers = await Promise.all(
    keys.map(({ key }) =>
      api.request("POST", "/api/v1/events", {
        body: EVENT,
        headers: { authorization: key, "idempotency-key": "the same" },
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const [one, two] = answers.map(({ json }) => (json.results as { id: string }).id);
  expect(one).not.toBe(two);
});

test("a process that cannot check for revocations admits no stored key: 503, and the bootstrap key still gets in", async () => {
  const redis = await startRedisServer();
  const own = await startApi(redis.url, { ACTIVATION_MAX: "200ms" });
  try {
    const made = await own.request("POST", KEYS, { json: { label: "test", grants: ["admin"] } });
    const { key } = made.json.results as NewKey;
    const nothing = (authorization: string): Promise<ApiAnswer> =>
      own.request("GET", "/api/v1/nothing", { headers: { authorization } });
    expect((await nothing(key)).status).toBe(404);
    await redis.kill("SIGKILL");
    const refused = await waitFor("the refusal", async () => {
      const answer = await nothing(key);
      return answer.status !== 404 && answer;
    });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await nothing(own.apiKey)).status).toBe(404);
    expect((await nothing("no key")).status).toBe(401);
    await redis.start();
    await waitFor("the key being admitted again", async () => (await nothing(key)).status === 404);
  } finally {
    await own.stop();
    await redis.remove();
  }
}, 30_000);
