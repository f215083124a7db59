import { randomUUID } from "node:crypto";
import { createServer as createTlsServer } from "node:tls";
import { createSecretBox } from "@posthorn/core";
import type { AttemptOutcome } from "@posthorn/core";
import { startRawTarget } from "../../../../test/support/raw-target.ts";
import { startReceiver } from "../../../../test/support/receiver.ts";
import type { Receiver } from "../../../../test/support/receiver.ts";
import { startRedisServer } from "../../../../test/support/redis-server.ts";
import { selfSigned } from "../../../../test/support/self-signed.ts";
import { freshDatabase } from "../../../../test/support/stack.ts";
import { LOOPBACK_GUARD, openAccess } from "../../../../test/support/target-access.ts";
import { startTokenServer } from "../../../../test/support/token-server.ts";
import type { TokenServer } from "../../../../test/support/token-server.ts";
import { waitFor } from "../../../../test/support/wait-for.ts";
import { connect } from "../../../store/src/connect.ts";
import type { RedisClient } from "../../../store/src/connect.ts";
import { createKeys } from "../../../store/src/keys.ts";
import { createTokenCache } from "../../../store/src/token-cache.ts";
import { createDeliver } from "../client.ts";
import type { Deliverer } from "../client.ts";
import type { DeliverRequest } from "../post-batch.ts";
import type { OAuthDetails } from "./token-result.ts";

const TIMEOUT_MS = 800;
/** What an attempt may take beyond its time on a busy machine. */
const SLACK_MS = 600;
const BODY = Buffer.from('[{"msys":{"message_event":{"type":"delivery"}}}]');

let redis: RedisClient;
let receiver: Receiver;
let tokens: TokenServer;
let keys: ReturnType<typeof createKeys>;
let processes: Deliverer[];

beforeAll(async () => {
  redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
});
afterAll(() => redis.disconnect());
beforeEach(async () => {
  keys = createKeys(`t${randomUUID()}`);
  processes = [];
  [receiver, tokens] = await Promise.all([startReceiver(), startTokenServer()]);
  receiver.answerWith(({ headers }) => ({ status: tokens.accepts(headers.authorization) ? 200 : 401 }));
});
afterEach(async () => {
  for (const { close } of processes) close();
  await Promise.all([receiver.close(), tokens.close()]);
});

const cacheOn = (client: RedisClient) => createTokenCache({ redis: client, keys, box: createSecretBox("test") });

/** What one process delivers with; all have their tokens in the same Redis. */
function startProcess({ client = redis, timeoutMs = TIMEOUT_MS, onTokensAway = fail } = {}): Deliverer {
  const started = createDeliver({
    userAgent: "Posthorn/test",
    timeoutMs,
    responseGraceMs: 100,
    tokens: cacheOn(client),
    guard: LOOPBACK_GUARD,
    onTokensAway,
  });
  processes.push(started);
  return started;
}

function fail(error: unknown): void {
  throw error;
}

function oauth(changes: Partial<OAuthDetails> = {}): OAuthDetails {
  return {
    kind: "oauth2",
    url: tokens.url,
    body: { client_id: "ada", client_secret: "s3cret", grant_type: "client_credentials" },
    tokenKey: "webhook-1:fingerprint",
    ...changes,
  };
}

function request(changes: Partial<DeliverRequest> = {}): DeliverRequest {
  return {
    ...openAccess(receiver.url),
    auth: oauth(),
    batchId: "11111111-1111-4111-8111-111111111111",
    bodyBytes: BODY.length,
    body: async function* () {
      yield BODY;
    },
    ...changes,
  };
}

async function timed(attempt: Promise<AttemptOutcome>): Promise<{ outcome: AttemptOutcome; tookMs: number }> {
  const startedAtMs = performance.now();
  const outcome = await attempt;
  return { outcome, tookMs: performance.now() - startedAtMs };
}

const shown = (): (string | undefined)[] => receiver.batches.map(({ headers }) => headers.authorization);

describe("a token", () => {
  test("is asked for with a form and shown as Bearer", async () => {
    expect(await startProcess().deliver(request())).toMatchObject({ kind: "answered", status: 200 });
    expect(tokens.requests).toEqual([
      {
        headers: expect.objectContaining({
          "content-type": "application/x-www-form-urlencoded",
          accept: "application/json",
          "user-agent": "Posthorn/test",
        }),
        body: "client_id=ada&client_secret=s3cret&grant_type=client_credentials",
      },
    ]);
    expect(shown()).toEqual([`Bearer ${tokens.issued[0]}`]);
  });

  test("is fetched once for twenty attempts at the same time in two processes", async () => {
    tokens.answerWith({ delayMs: 100 });
    const [one, two] = [startProcess(), startProcess()];
    const attempts = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).deliver(request()));
    const outcomes = await Promise.all(attempts);
    expect(outcomes.map((outcome) => outcome.kind === "answered" && outcome.status)).toEqual(Array(20).fill(200));
    expect(tokens.requests).toHaveLength(1);
    expect(await redis.exists(keys.tokenLock(oauth().tokenKey))).toBe(0);
  });

  test("is looked for once by all attempts of a process that need it at the same time", async () => {
    const cache = cacheOn(redis);
    const looks = jest.spyOn(cache, "get");
    const { deliver, close } = createDeliver({
      userAgent: "x",
      timeoutMs: TIMEOUT_MS,
      tokens: cache,
      guard: LOOPBACK_GUARD,
    });
    await Promise.all(Array.from({ length: 20 }, () => deliver(request())));
    // Before the lock and under it.
    expect(looks).toHaveBeenCalledTimes(2);
    close();
  });

  test("belongs to its webhook and to its details", async () => {
    const { deliver } = startProcess();
    await deliver(request());
    await deliver(request({ auth: oauth({ tokenKey: "webhook-1:other-fingerprint" }) }));
    expect(tokens.requests).toHaveLength(2);
  });

  test("is replaced before its end, and by then known to nobody", async () => {
    tokens.answerWith({ expiresIn: 1 });
    const { deliver } = startProcess();
    await deliver(request());
    await deliver(request());
    expect(tokens.requests).toHaveLength(1);
    await waitFor("the end of the token", async () => (await redis.exists(keys.token(oauth().tokenKey))) === 0);
    await deliver(request());
    expect(tokens.issued.map((token) => `Bearer ${token}`)).toEqual([...new Set(shown())]);
    expect(tokens.requests).toHaveLength(2);
  });

  test("that has little of its life left is replaced, although it is in Redis", async () => {
    const { tokenKey } = oauth();
    await cacheOn(redis).put(tokenKey, { token: "almost-over", expiresInS: 3_600 });
    await redis.pexpire(keys.token(tokenKey), 29_000);
    await startProcess().deliver(request());
    expect(shown()).toEqual([`Bearer ${tokens.issued[0]}`]);
  });

  test("that another process has stored is taken from there", async () => {
    await startProcess().deliver(request());
    expect(await startProcess().deliver(request())).toMatchObject({ status: 200 });
    expect(tokens.requests).toHaveLength(1);
  });
});

describe("a target that refuses a token", () => {
  test.each([400, 401])("with %d gets another one within the same attempt", async (status) => {
    const { deliver } = startProcess();
    await deliver(request());
    tokens.revoke();
    receiver.answerWith(({ headers }) => ({ status: tokens.accepts(headers.authorization) ? 200 : status }));
    let reads = 0;
    const body = async function* (): AsyncGenerator<Buffer> {
      reads++;
      yield BODY;
    };
    const signingSecrets = [`whsec_${Buffer.alloc(32).toString("base64")}`];
    expect(await deliver(request({ body, signingSecrets }))).toMatchObject({ kind: "answered", status: 200 });
    // Signed once, sent twice.
    expect(reads).toBe(3);
    const [, refused, repeated] = receiver.batches;
    expect(shown()).toEqual([0, 0, 1].map((n) => `Bearer ${tokens.issued[n]}`));
    expect(repeated?.batchId).toBe(refused?.batchId);
    expect(repeated?.body.equals(refused?.body ?? Buffer.alloc(0))).toBe(true);
    expect(repeated?.headers["webhook-signature"]).toBe(refused?.headers["webhook-signature"]);
    // From then on the new one is known.
    await deliver(request());
    expect(tokens.requests).toHaveLength(2);
  });

  test("twice has refused the batch: nothing goes round in circles", async () => {
    receiver.answerWith(() => ({ status: 401 }));
    const { deliver } = startProcess();
    expect(await deliver(request())).toMatchObject({ kind: "answered", status: 401 });
    expect([tokens.requests.length, receiver.batches.length]).toEqual([2, 2]);
    expect(await deliver(request())).toMatchObject({ kind: "answered", status: 401 });
    expect([tokens.requests.length, receiver.batches.length]).toEqual([3, 4]);
  });

  test.each([403, 404, 413, 500])("with another status, such as %d, has not refused the token", async (status) => {
    receiver.answerWith(() => ({ status }));
    expect(await startProcess().deliver(request())).toMatchObject({ kind: "answered", status });
    expect([tokens.requests.length, receiver.batches.length]).toEqual([1, 1]);
  });

  test("gets the newer one that another process has stored meanwhile, without a fetch", async () => {
    const [one, two] = [startProcess(), startProcess()];
    await one.deliver(request());
    await two.deliver(request());
    tokens.revoke();
    await one.deliver(request());
    expect(tokens.requests).toHaveLength(2);
    expect(await two.deliver(request())).toMatchObject({ status: 200 });
    expect(tokens.requests).toHaveLength(2);
  });

  test("while twenty attempts show it makes two processes fetch one new token", async () => {
    const [one, two] = [startProcess(), startProcess()];
    await one.deliver(request());
    await two.deliver(request());
    tokens.revoke();
    tokens.answerWith({ delayMs: 50 });
    const attempts = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).deliver(request()));
    const statuses = (await Promise.all(attempts)).map((outcome) => outcome.kind === "answered" && outcome.status);
    expect(statuses).toEqual(Array(20).fill(200));
    expect(tokens.requests).toHaveLength(2);
  });

  test("does not get the refused one again, although somebody has stored that once more", async () => {
    const { deliver } = startProcess();
    const [cache, { tokenKey }] = [cacheOn(redis), oauth()];
    await deliver(request());
    tokens.revoke();
    await cache.tryLock(tokenKey, "somebody", 60_000);
    const repeated = deliver(request());
    await waitFor("the token being forgotten", async () => (await cache.get(tokenKey)) === undefined);
    await cache.put(tokenKey, { token: tokens.issued[0] ?? "", expiresInS: 3_600 });
    await cache.unlock(tokenKey, "somebody");
    expect(await repeated).toMatchObject({ kind: "answered", status: 200 });
  });

  test("without oauth2 is not asked twice", async () => {
    await startProcess().deliver(request({ auth: { kind: "basic", username: "ada", password: "x" } }));
    expect([tokens.requests.length, receiver.batches.length]).toEqual([0, 1]);
  });
});

describe("a token URL that gives no token fails the attempt, and the target is not called", () => {
  test.each([
    ["an error", { status: 500, body: "sorry" }, "OAUTH_TOKEN_500"],
    ["a refusal", { status: 401, body: '{"error":"invalid_client"}' }, "OAUTH_TOKEN_401"],
    ["a redirect, which is not followed", { status: 302, headers: { location: "/other" } }, "OAUTH_TOKEN_302"],
    ["no token", { status: 200, body: "{}" }, "OAUTH_TOKEN_200"],
    ["too much", { status: 200, body: `{"x":"${"x".repeat(70_000)}","access_token":"a"}` }, "OAUTH_TOKEN_200"],
    ["nothing in time", "hang", "ETIMEDOUT"],
  ] as const)("because of %s", async (_, answer, errorCode) => {
    tokens.answerWith(answer);
    const outcome = await startProcess().deliver(request());
    expect(outcome).toMatchObject({ kind: "unreachable", reason: "auth", errorCode, stalledUpload: false });
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
    expect([tokens.requests.length, receiver.batches.length]).toEqual([1, 0]);
    // Nobody is kept from the next try.
    await waitFor("a free lock", async () => (await redis.keys(`{${keys.namespace}*`)).length === 0);
    tokens.answerWith({});
    expect(await startProcess().deliver(request())).toMatchObject({ status: 200 });
  });

  test.each([
    ["a form", "access_token=t0k3n&token_type=bearer"],
    ["JSON that was cut", '{"token_type":"bearer","access_token":"t0k3n"'],
    ["JSON of another shape", '{"data":{"access_token":"t0k3n"}}'],
    ["a token that is no bearer token", '{"access_token":"t0k3n","token_type":"mac"}'],
  ])("and nothing of a success is shown that may be a token: %s", async (_, body) => {
    tokens.answerWith({ status: 200, headers: { "set-cookie": "session=t0k3n", "x-trace": "seven" }, body });
    const outcome = await startProcess().deliver(request());
    expect(outcome).toMatchObject({ tokenAnswer: { status: 200, headers: { "x-trace": "seven" }, body: "" } });
    expect(JSON.stringify(outcome)).not.toContain("t0k3n");
  });

  test("and a redirect says where it leads, without what may be secret", async () => {
    const headers = { location: "https://us3r:s3cret@login.example/token?code=s3cret" };
    tokens.answerWith({ status: 302, headers, body: '<a href="?code=s3cret">' });
    const outcome = await startProcess().deliver(request());
    expect(outcome).toMatchObject({
      message: "The token URL answered 302 and leads to https://login.example/token; redirects are not followed",
      tokenAnswer: { status: 302, headers: { location: "https://login.example/token" }, body: "" },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|us3r/);
  });

  test("and a refusal is shown with its body, so that people see what is wrong, but without cookies", async () => {
    tokens.answerWith({ status: 401, headers: { "set-cookie": "session=t0k3n" }, body: '{"error":"invalid_client"}' });
    const outcome = await startProcess().deliver(request());
    expect(outcome).toMatchObject({ tokenAnswer: { status: 401, body: '{"error":"invalid_client"}' } });
    expect(JSON.stringify(outcome)).not.toContain("t0k3n");
  });

  test("because nobody listens there", async () => {
    const url = tokens.url;
    await tokens.close();
    const outcome = await startProcess().deliver(request({ auth: oauth({ url }) }));
    expect(outcome).toMatchObject({ kind: "unreachable", reason: "auth", errorCode: "ECONNREFUSED" });
    tokens = await startTokenServer();
  });

  test("also when the target has refused the one before", async () => {
    const { deliver } = startProcess();
    await deliver(request());
    tokens.revoke();
    tokens.answerWith({ status: 503 });
    expect(await deliver(request())).toMatchObject({ reason: "auth", errorCode: "OAUTH_TOKEN_503" });
    // The refused one is forgotten everywhere.
    expect(await redis.exists(keys.token(oauth().tokenKey))).toBe(0);
  });

  test("also when only the target's own authorities vouch for it", async () => {
    const certificate = selfSigned();
    const url = await startRawTarget(() => undefined, createTlsServer(certificate));
    const auth = oauth({ url: url.url });
    const outcome = await startProcess().deliver(request({ auth, tlsCa: certificate.cert.toString() }));
    expect(outcome).toMatchObject({ reason: "auth", errorCode: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    await url.close();
  });
});

describe("the time of an attempt under oauth2", () => {
  test("is one time of a POST for the first token", async () => {
    tokens.answerWith("hang");
    const { outcome, tookMs } = await timed(startProcess().deliver(request()));
    expect(outcome).toMatchObject({ reason: "auth", errorCode: "ETIMEDOUT" });
    expect(tookMs).toBeGreaterThan(TIMEOUT_MS - 20);
    expect(tookMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  });

  test("leaves the POST its whole time after the first token", async () => {
    tokens.answerWith({ delayMs: 0.5 * TIMEOUT_MS });
    receiver.answerWith(() => ({ status: 200, delayMs: 0.8 * TIMEOUT_MS }));
    const { outcome, tookMs } = await timed(startProcess().deliver(request()));
    expect(outcome).toMatchObject({ kind: "answered", status: 200 });
    expect(outcome.latencyMs).toBeGreaterThan(1.3 * TIMEOUT_MS - 20);
    expect(tookMs).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
  });

  test("is one more for another token and the repeat together", async () => {
    const { deliver } = startProcess();
    await deliver(request());
    tokens.revoke();
    tokens.answerWith({ delayMs: 0.7 * TIMEOUT_MS });
    receiver.answerWith(({ headers }) => {
      if (tokens.accepts(headers.authorization)) return "hang";
      return { status: 401, delayMs: 0.8 * TIMEOUT_MS };
    });
    const { outcome, tookMs } = await timed(deliver(request()));
    expect(outcome).toMatchObject({ kind: "unreachable", reason: "timeout" });
    expect(tookMs).toBeGreaterThan(1.8 * TIMEOUT_MS - 20);
    // A repeat with a time of its own would take 2.5.
    expect(tookMs).toBeLessThan(1.8 * TIMEOUT_MS + SLACK_MS);
    expect(receiver.batches).toHaveLength(3);
  });

  test("is twice that of a POST at most, first token, refusal, second token and repeat included", async () => {
    // Together 2.8, if each had its time.
    tokens.answerWith({ delayMs: 0.7 * TIMEOUT_MS });
    receiver.answerWith(() => ({ status: 401, delayMs: 0.7 * TIMEOUT_MS }));
    const { outcome, tookMs } = await timed(startProcess().deliver(request()));
    expect(outcome.kind).not.toBe("broken");
    expect(tookMs).toBeLessThan(2 * TIMEOUT_MS + SLACK_MS);
    expect(receiver.batches).toHaveLength(1);
  });

  test("ends at once when the process stops", async () => {
    tokens.answerWith("hang");
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(), 50);
    const { outcome, tookMs } = await timed(startProcess().deliver(request({ signal: stopping.signal })));
    expect(outcome).toMatchObject({ kind: "broken", message: "the attempt was stopped" });
    expect(tookMs).toBeLessThan(TIMEOUT_MS);
  });
});

describe("a process that dies while it fetches a token", () => {
  test("delays the others for the time of its lock at most", async () => {
    const { tokenKey } = oauth();
    await cacheOn(redis).tryLock(tokenKey, "dead", 0.5 * TIMEOUT_MS);
    const { outcome, tookMs } = await timed(startProcess().deliver(request()));
    expect(outcome).toMatchObject({ status: 200 });
    expect(tookMs).toBeGreaterThan(0.4 * TIMEOUT_MS);
    expect(tookMs).toBeLessThan(0.5 * TIMEOUT_MS + SLACK_MS);
  });

  test("makes no attempt longer than its time", async () => {
    await cacheOn(redis).tryLock(oauth().tokenKey, "dead", 60_000);
    const { outcome, tookMs } = await timed(startProcess().deliver(request()));
    expect(outcome).toMatchObject({ reason: "auth", errorCode: "ETIMEDOUT" });
    expect(tookMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    expect(tokens.requests).toHaveLength(0);
    await redis.del(keys.tokenLock(oauth().tokenKey));
  });
});

describe("without Redis", () => {
  test.each([
    ["that was killed", "SIGKILL"],
    ["that hangs", "SIGSTOP"],
  ] as const)("%s a process goes on with the token it knows, and fetches one when it knows none", async (_, signal) => {
    const server = await startRedisServer();
    const client = connect({ address: server.url, name: "test", onError: () => undefined });
    await client.connect();
    const away: unknown[] = [];
    const options = { client, timeoutMs: 2_000, onTokensAway: (error: unknown) => void away.push(error) };
    const [knowing, other] = [startProcess(options), startProcess(options)];
    await knowing.deliver(request());
    await server.kill(signal);

    expect(await knowing.deliver(request())).toMatchObject({ status: 200 });
    expect([tokens.requests.length, away.length]).toEqual([1, 0]);
    expect(await other.deliver(request())).toMatchObject({ status: 200 });
    expect([tokens.requests.length, away.length]).toEqual([2, 1]);
    // What it has fetched it knows now.
    expect(await other.deliver(request())).toMatchObject({ status: 200 });
    expect(tokens.requests).toHaveLength(2);
    client.disconnect();
    await server.remove();
  });
});

describe("fetching a token at create and update", () => {
  test("gets a new one whatever is known, and stores it for the attempts", async () => {
    const [api, worker] = [startProcess(), startProcess()];
    tokens.answerWith({ expiresIn: "120" });
    expect(await api.fetchToken(request())).toEqual({ kind: "ok", token: tokens.issued[0], expiresInS: 120 });
    expect(await api.fetchToken(request())).toEqual({ kind: "ok", token: tokens.issued[1], expiresInS: 120 });
    expect(await worker.deliver(request())).toMatchObject({ status: 200 });
    expect(await api.deliver(request())).toMatchObject({ status: 200 });
    expect(tokens.requests).toHaveLength(2);
    expect(new Set(shown())).toEqual(new Set([`Bearer ${tokens.issued[1]}`]));
  });

  test("waits for somebody else's fetch rather than making two at a time", async () => {
    let atOnce = 0;
    let atMost = 0;
    tokens.answerWith(() => {
      atMost = Math.max(atMost, ++atOnce);
      setTimeout(() => atOnce--, 50);
      return { delayMs: 50 };
    });
    const [one, two] = [startProcess(), startProcess()];
    const fetched = await Promise.all([one.fetchToken(request()), two.fetchToken(request())]);
    expect(fetched.map(({ kind }) => kind)).toEqual(["ok", "ok"]);
    expect([tokens.requests.length, atMost]).toEqual([2, 1]);
  });

  test("says in the original's words what the token URL answered", async () => {
    tokens.answerWith({ status: 502, headers: { "X-Upstream": "gone" }, body: `response ${"x".repeat(2_000)}` });
    const failed = await startProcess().fetchToken(request());
    expect(failed).toEqual({
      kind: "failed",
      problem: {
        message: "POST to webhook tokens URL failed",
        description: expect.stringMatching(/^The token URL answered 502: check client_id/),
        code: 400,
        response: {
          status: 502,
          headers: expect.objectContaining({ "x-upstream": "gone" }),
          body: `response ${"x".repeat(2_000)}`.slice(0, 1_024),
        },
      },
    });
  });

  test("shows no token that it cannot use", async () => {
    tokens.answerWith({ status: 200, body: '{"access_token":"t0ken","token_type":"mac"}' });
    const failed = await startProcess().fetchToken(request());
    expect(JSON.stringify(failed)).not.toContain("t0ken");
    expect(failed).toMatchObject({ problem: { description: expect.stringContaining("no bearer token") } });
  });

  test("says when the token URL cannot be reached, without a response", async () => {
    tokens.answerWith("hang");
    const failed = await startProcess().fetchToken(request());
    expect(failed).toMatchObject({
      kind: "failed",
      problem: { message: "POST to webhook tokens URL failed", code: 400 },
    });
    expect(failed).not.toHaveProperty("problem.response");
  });

  test("is nothing for a target without oauth2", async () => {
    await expect(startProcess().fetchToken({ auth: { kind: "none" } })).rejects.toThrow("takes no token");
  });
});

describe("a token URL", () => {
  test("that reads nothing but JSON gets JSON after it has refused a form", async () => {
    tokens.answerWith(({ headers, body }) =>
      headers["content-type"] === "application/json" && body.includes('"client_secret":"s3cret"')
        ? { expiresIn: 60 }
        : { status: 400, body: '{"message":"client_id is required"}' },
    );
    expect(await startProcess().deliver(request())).toMatchObject({ status: 200 });
    expect(tokens.requests).toHaveLength(2);
  });

  test("that reads forms is asked once when it refuses the client, and its first answer counts", async () => {
    tokens.answerWith({ status: 400, body: '{"error":"invalid_client"}' });
    expect(await startProcess().deliver(request())).toMatchObject({ errorCode: "OAUTH_TOKEN_400" });
    expect(tokens.requests).toHaveLength(1);
    tokens.answerWith(({ headers }) =>
      headers["content-type"] === "application/json"
        ? { status: 415 }
        : { status: 400, body: '{"error":"invalid_request","error_description":"scope is missing"}' },
    );
    expect(await startProcess().deliver(request())).toMatchObject({
      errorCode: "OAUTH_TOKEN_400",
      tokenAnswer: { body: expect.stringContaining("scope is missing") },
    });
  });

  test("gets what no form can carry as JSON at once", async () => {
    const body = { client_id: "ada", audience: ["a", "b"] };
    await startProcess().deliver(request({ auth: oauth({ body }) }));
    expect(tokens.requests.map((asked) => [asked.headers["content-type"], asked.body])).toEqual([
      ["application/json", JSON.stringify(body)],
    ]);
  });

  test("with credentials in it gets them as Basic", async () => {
    await startProcess().deliver(request({ auth: oauth({ url: tokens.url.replace("//", "//ada:s3cret@") }) }));
    expect(tokens.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ada:s3cret").toString("base64")}`);
  });
});
