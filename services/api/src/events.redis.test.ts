import { createHash, randomUUID } from "node:crypto";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { Redis } from "ioredis";
import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { checkedFetch } from "../../../test/support/checked-fetch.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";

let api: TestApi;
let receiver: Receiver;
let redis: Redis;
const SETTINGS = { BATCH_MAX_BYTES: "20kb", EVENTS_MAX_BODY: "1mb", INGEST_MAX_INFLIGHT: "1500kb" };

beforeEach(async () => {
  receiver = await startReceiver();
  const url = await freshDatabase();
  api = await startApi(url, SETTINGS);
  redis = new Redis(url);
  await api.request("POST", "/api/v1/webhooks", {
    json: { name: "all", target: receiver.url, events: ["delivery", "open"] },
  });
});
afterEach(async () => {
  redis.disconnect();
  await api.stop();
  await receiver.close();
});

const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  api.request("POST", "/api/v1/events", { body, headers });

/** The text of everything that is stored, in the order of storing. */
async function stored(): Promise<string[]> {
  const keys = (await redis.keys("*:c:*")).toSorted();
  return Promise.all(keys.map(async (key) => (await redis.hget(key, "d")) ?? ""));
}

const one = (n: number): string => JSON.stringify(event(n));

describe("formats", () => {
  test("a list, a single event and NDJSON are accepted, gzipped or not", async () => {
    expect((await post(`[${one(1)},${one(2)}]`)).json.results).toEqual({ id: expect.any(String), accepted: 2 });
    expect((await post(one(3))).json.results).toMatchObject({ accepted: 1 });
    const ndjson = { "content-type": "application/x-ndjson" };
    expect((await post(`${one(4)}\n${one(5)}\n`, ndjson)).json.results).toMatchObject({ accepted: 2 });
    const zipped = await post(gzipSync(`${one(6)}\n`), { ...ndjson, "content-encoding": "gzip" });
    expect(zipped.json.results).toMatchObject({ accepted: 1 });
    const sparkpost = await api.request("POST", "/api/v1/ingest/events", {
      body: gzipSync(`${one(7)}\n${one(8)}`),
      headers: { ...ndjson, "content-encoding": "gzip" },
    });
    expect(sparkpost.json.results).toMatchObject({ accepted: 2 });
    expect((await stored()).join().match(/m-\d/g)?.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `m-${n}`));
  });

  test("what was sent is stored byte for byte, whatever is inside an event", async () => {
    const text =
      '{ "msys" : {"message_event":{"type":"delivery","__proto__":{"x":1},"a":1,"a":2,"u":"\\u00e9é😀","n":1.0e+2 }}}';
    await post(`[ ${text} ,\n${text}]`);
    expect(await stored()).toEqual([`${text},${text}`]);
  });

  test("events of unknown types are accepted and stored nowhere", async () => {
    const { status, json } = await post(JSON.stringify([event(1, "no_such_type")]));
    expect([status, json.results]).toEqual([200, { id: expect.any(String), accepted: 1 }]);
    expect(await stored()).toEqual([]);
  });

  test("an empty list is a valid request without events", async () => {
    expect((await post("[]")).json.results).toMatchObject({ accepted: 0 });
  });
});

describe("bad input stores nothing", () => {
  afterEach(async () => {
    expect(await stored()).toEqual([]);
    expect((await api.request("GET", "/healthz")).status).toBe(200);
  });

  test.each([
    ["malformed JSON", '[{"msys":', {}, 400, "[0]"],
    ["no body", "", {}, 400, "[0]"],
    ["an event without envelope", `[${one(1)},{}]`, {}, 400, "[1].msys"],
    ["the empty test event", '[{"msys":{}}]', {}, 400, "[0].msys"],
    ["a type that is no text", '{"msys":{"a":{"type":7}}}', {}, 400, "[0].msys.*.type"],
    ["a hundred thousand nested lists", "[".repeat(100_000), {}, 400, "[0]"],
    ["no UTF-8", Buffer.from([0xff]), {}, 400, undefined],
    ["a broken gzip", Buffer.from("nonsense"), { "content-encoding": "gzip" }, 400, undefined],
    ["a cut gzip", gzipSync(`[${one(1)}]`).subarray(0, -8), { "content-encoding": "gzip" }, 400, undefined],
    ["another encoding", "[]", { "content-encoding": "br" }, 415, "Content-Encoding"],
    ["another type", "<xml/>", { "content-type": "text/xml" }, 415, "Content-Type"],
    ["another charset", "[]", { "content-type": "application/json; charset=latin1" }, 415, "Content-Type"],
    ["a key that is too long", "[]", { "idempotency-key": "k".repeat(256) }, 400, "Idempotency-Key"],
    ["a body over the limit", " ".repeat(1_100_000), {}, 413, undefined],
    ["a gzip bomb", gzipSync(Buffer.alloc(50_000_000, 0x20)), { "content-encoding": "gzip" }, 413, undefined],
  ])("%s", async (_, body, headers, expected, param) => {
    const { status, json, headers: answered } = await post(body, headers);
    expect(answered.get("content-type")).toMatch(/^application\/json/);
    expect(status).toBe(expected);
    expect(json.errors?.[0]?.["param"]).toBe(param);
    expect(json.errors?.[0]?.["message"]).toEqual(expect.any(String));
  });

  test("one event larger than a batch is refused with its position", async () => {
    const large = JSON.stringify({ msys: { message_event: { type: "delivery", pad: "x".repeat(30_000) } } });
    const { status, json } = await post(`[${one(1)},${large}]`);
    expect([status, json.errors?.[0]?.["param"]]).toEqual([413, "[1]"]);
  });

  test("a missing key is refused before the body is looked at", async () => {
    const call = { method: "POST", headers: {}, body: "nonsense" };
    expect((await checkedFetch(api.url, "/api/v1/events", call)).status).toBe(401);
  });

  test("a sender that goes away in the middle leaves nothing behind", async () => {
    const { port } = new URL(api.url);
    for (let n = 0; n < 20; n++) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), "127.0.0.1", () => {
          const head = `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.apiKey}\r\n`;
          socket.write(
            `${head}Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n[${" ".repeat(500_000)}`,
            () => socket.destroy(),
          );
        });
        socket.once("close", () => resolve());
      });
    }
    // Twenty times half a megabyte would be over the limit of what may be in flight, were it not given back.
    await waitFor("room for a large body", async () => (await post(`[${" ".repeat(900_000)}]`)).status === 200);
  });
});

test("more bytes in flight than allowed are answered with 503 and Retry-After", async () => {
  const { port } = new URL(api.url);
  const sockets = Array.from({ length: 2 }, () => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.apiKey}\r\nContent-Length: 740000\r\n\r\n[${" ".repeat(700_000)}`,
    );
    return socket;
  });
  const refused = await waitFor("a refusal", async () => {
    const answer = await post(`[${" ".repeat(500_000)}]`);
    return answer.status === 503 && answer;
  });
  expect(refused.headers.get("retry-after")).toBe("1");
  for (const socket of sockets) socket.destroy();
  await waitFor("room again", async () => (await post(`[${" ".repeat(500_000)}]`)).status === 200);
});

describe("Idempotency-Key", () => {
  const body = JSON.stringify([event(1), event(2)]);

  test("G4 A request repeated under its Idempotency-Key is stored once", async () => {
    const key = { "idempotency-key": randomUUID() };
    const first = await post(body, key);
    const again = await post(body, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await stored()).toHaveLength(1);
  });

  test("of twenty at the same time one is stored; the others are told to wait or get its answer", async () => {
    const key = { "idempotency-key": randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(body, key)));
    expect(new Set(answers.filter((answer) => answer.status === 200).map((answer) => answer.text)).size).toBe(1);
    for (const answer of answers.filter((one_) => one_.status !== 200)) {
      expect([answer.status, Number(answer.headers.get("retry-after")) > 0]).toEqual([409, true]);
    }
    expect(await stored()).toHaveLength(1);
  });

  test("the same key with another body is refused", async () => {
    const key = { "idempotency-key": randomUUID() };
    await post(body, key);
    const { status, json } = await post(one(3), key);
    expect([status, json.errors?.[0]?.["param"]]).toEqual([422, "Idempotency-Key"]);
  });

  test("only an accepted request is remembered", async () => {
    const key = { "idempotency-key": randomUUID() };
    expect((await post("[{}]", key)).status).toBe(400);
    expect((await post(body, key)).status).toBe(200);
  });

  test("the key is stored only as a digest", async () => {
    const key = `secret-${randomUUID()}`;
    await post(body, { "idempotency-key": key });
    const names = await redis.keys("*");
    expect(names.join()).not.toContain(key);
    expect(names.join()).toContain(
      createHash("sha256")
        .update(`${createHash("sha256").update(api.apiKey).digest("base64url").slice(0, 16)}\n${key}`)
        .digest("base64url"),
    );
  });
});

test("while Redis is away every call is answered with 503 and Retry-After, and afterwards works again", async () => {
  const server = await startRedisServer();
  const own = await startApi(server.url, SETTINGS);
  try {
    await own.request("POST", "/api/v1/webhooks", { json: { name: "a", target: receiver.url, events: ["delivery"] } });
    await server.kill("SIGKILL");
    const refused = await own.request("POST", "/api/v1/events", { body: `[${one(1)}]` });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await own.request("GET", "/api/v1/webhooks")).status).toBe(503);
    expect((await own.request("GET", "/readyz")).status).toBe(503);
    expect((await own.request("GET", "/healthz")).status).toBe(200);
    await server.start();
    await waitFor(
      "events being taken again",
      async () => (await own.request("POST", "/api/v1/events", { body: one(1) })).status === 200,
    );
  } finally {
    await own.stop();
    await server.remove();
  }
}, 30_000);
