import { Redis } from "ioredis";
import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import type { SessionView } from "./session/session-view.ts";

const SESSION = "/api/v1/session";

let url: string;
let api: TestApi;
beforeEach(async () => {
  url = await freshDatabase();
  api = await startApi(url, { API_RATE_LIMIT: "0" });
});
afterEach(() => api.stop());

const signIn = (key: string, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  api.request("POST", SESSION, { json: { api_key: key }, headers: { authorization: "", ...headers } });

/** Signs in, and calls as the browser would then. */
async function browser(key = api.apiKey) {
  const answer = await signIn(key);
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { csrf_token } = answer.json.results as SessionView;
  return (method: string, path: string, options: { json?: unknown; csrf?: string | null } = {}): Promise<ApiAnswer> => {
    const { json, csrf = csrf_token } = options;
    return api.request(method, path, {
      headers: { authorization: "", cookie, ...(csrf === null ? {} : { "X-Posthorn-CSRF": csrf }) },
      ...(json === undefined ? {} : { json }),
    });
  };
}

async function makeKey(changes: Record<string, unknown>): Promise<{ readonly id: string; readonly key: string }> {
  const made = await api.request("POST", "/api/v1/api-keys", { json: { label: "test", ...changes } });
  return made.json.results as { id: string; key: string };
}

test("signing in answers who somebody is, and sets a cookie that scripts and other sites do not get", async () => {
  const { status, headers, json } = await signIn(api.apiKey);
  expect(status).toBe(200);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("set-cookie")).toMatch(/^posthorn=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(json.results).toEqual({
    key: expect.any(String) as string,
    label: null,
    grants: ["webhooks/view", "webhooks/modify", "events/ingest", "admin"],
    subaccount_id: null,
    csrf_token: expect.stringMatching(/^[\w-]{43}$/) as string,
    expires_at: expect.any(String) as string,
    version: expect.any(String) as string,
    queue_board: false,
  });
});

test("over TLS the cookie is for TLS, and for this host only", async () => {
  await api.stop();
  api = await startApi(url, { POSTHORN_API_KEY: api.apiKey, TRUST_PROXY: "1" });
  const { headers } = await signIn(api.apiKey, { "x-forwarded-proto": "https" });
  expect(headers.get("set-cookie")).toMatch(/^__Host-posthorn=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
});

test("who is signed in may do what the key may do, and no more", async () => {
  const { key } = await makeKey({ grants: ["webhooks/view"], label: "looking" });
  const call = await browser(key);
  expect((await call("GET", SESSION)).json.results).toMatchObject({ label: "looking", grants: ["webhooks/view"] });
  expect((await call("GET", "/api/v1/webhooks")).status).toBe(200);
  expect((await call("POST", "/api/v1/webhooks", { json: {} })).status).toBe(403);
  expect((await call("GET", "/api/v1/api-keys")).status).toBe(403);
});

test("a change without the token of the session is refused, as from a page of another site", async () => {
  const call = await browser();
  const receiver = await startReceiver();
  const json = { name: "x", target: receiver.url, events: ["delivery"] };
  for (const csrf of [null, "", "wrong"]) {
    const { status, json: answer } = await call("POST", "/api/v1/webhooks", { json, csrf });
    expect(status).toBe(403);
    expect(answer.errors?.[0]).toMatchObject({ param: "X-Posthorn-CSRF" });
  }
  expect((await call("GET", "/api/v1/webhooks", { csrf: null })).json.results).toEqual([]);
  expect((await call("POST", "/api/v1/webhooks", { json })).status).toBe(200);
  await receiver.close();
});

test("a page of another site cannot sign anybody in", async () => {
  for (const [site, status] of [
    ["cross-site", 403],
    ["same-site", 403],
    ["same-origin", 200],
    ["none", 200],
  ] as const) {
    expect((await signIn(api.apiKey, { "Sec-Fetch-Site": site })).status).toBe(status);
  }
});

test("who shows no good key is not signed in, and hears what is wrong", async () => {
  expect(await signIn("nonsense")).toMatchObject({ status: 401 });
  for (const json of [{}, { api_key: 7 }, { api_key: " " }, []]) {
    const { status, json: answer } = await api.request("POST", SESSION, { json, headers: { authorization: "" } });
    expect(status).toBe(400);
    expect(answer.errors?.[0]).toMatchObject({ param: "api_key" });
  }
  expect((await api.request("GET", SESSION, { headers: { authorization: "" } })).status).toBe(401);
  const cookie = `posthorn=${"x".repeat(43)}`;
  const { status, json } = await api.request("GET", SESSION, { headers: { authorization: "", cookie } });
  expect(status).toBe(401);
  expect(json.errors?.[0]?.["description"]).toContain("sign in again");
});

test("signing out ends the session for good, also for who has copied the cookie", async () => {
  const call = await browser();
  const out = await call("DELETE", SESSION);
  expect(out.status).toBe(204);
  expect(out.headers.get("set-cookie")).toMatch(/posthorn=; Path=\/; Expires=Thu, 01 Jan 1970/);
  expect((await call("GET", "/api/v1/webhooks")).status).toBe(401);
});

test("who signs out without the token of the session stays signed in; the cookie of one that is over goes", async () => {
  const call = await browser();
  const refused = await call("DELETE", SESSION, { csrf: "of another session" });
  expect([refused.status, refused.headers.get("set-cookie")]).toEqual([403, null]);
  expect((await call("GET", SESSION)).status).toBe(200);
  await call("DELETE", SESSION);
  const over = await call("DELETE", SESSION);
  expect(over.status).toBe(401);
  expect(over.headers.get("set-cookie")).toMatch(/posthorn=; Path=\/; Expires=Thu, 01 Jan 1970/);
});

test("a session ends with its key, and with the key of the configuration", async () => {
  const { id, key } = await makeKey({ grants: ["admin"] });
  const call = await browser(key);
  const operator = await browser();
  await api.request("DELETE", `/api/v1/api-keys/${id}`);
  expect((await call("GET", "/api/v1/webhooks")).status).toBe(401);
  expect((await operator("GET", "/api/v1/webhooks")).status).toBe(200);
  await api.stop();
  api = await startApi(url, { POSTHORN_API_KEY: "another key of the configuration" });
  expect((await operator("GET", "/api/v1/webhooks")).status).toBe(401);
});

test("a session is kept by being used, and no longer than a week; the store does not tell its cookie", async () => {
  const call = await browser();
  const redis = new Redis(url);
  const [name = ""] = await redis.keys("*:session:*");
  expect(await redis.pttl(name)).toBeGreaterThan(11.9 * 3_600_000);
  await redis.pexpire(name, 3_600_000);
  await call("GET", SESSION);
  expect(await redis.pttl(name)).toBeGreaterThan(11.9 * 3_600_000);
  const stored = JSON.parse((await redis.get(name)) ?? "{}") as Record<string, unknown>;
  await redis.set(name, JSON.stringify({ ...stored, endsAtMs: Date.now() - 1 }), "KEEPTTL");
  expect((await call("GET", SESSION)).status).toBe(401);
  await redis.quit();
});

test("a key has a hundred sessions at most: the oldest ends first, and signing in again ends one's own", async () => {
  const first = await browser();
  const again = await signIn(api.apiKey);
  const cookie = again.headers.get("set-cookie")?.split(";")[0] ?? "";
  await signIn(api.apiKey, { cookie });
  expect((await api.request("GET", SESSION, { headers: { authorization: "", cookie } })).status).toBe(401);
  for (let n = 0; n < 100; n++) expect((await signIn(api.apiKey)).status).toBe(200);
  expect((await first("GET", SESSION)).status).toBe(401);
});

test("who has not shown a key yet cannot send much", async () => {
  expect((await signIn("x".repeat(100_000))).status).toBe(413);
});

test("people can sign in while Redis is full", async () => {
  const redis = await startRedisServer();
  const full = await startApi(redis.url, { BACKLOG_MAX_BYTES: "1mb" });
  const client = new Redis(redis.url);
  await client.config("SET", "maxmemory", "1");
  const answer = await full.request("POST", SESSION, {
    json: { api_key: full.apiKey },
    headers: { authorization: "" },
  });
  expect(answer.status).toBe(200);
  client.disconnect();
  await full.stop();
  await redis.remove();
});

test("a call with a key needs no session, and is told so", async () => {
  const { status, json } = await api.request("GET", SESSION);
  expect(status).toBe(200);
  expect(json.results).toMatchObject({ csrf_token: null, expires_at: null });
  expect((await api.request("DELETE", SESSION)).status).toBe(204);
});
