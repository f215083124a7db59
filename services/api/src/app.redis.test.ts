import { connect } from "node:net";
import type { Socket } from "node:net";
import { startApi } from "../../../test/support/api.ts";
import { checkedFetch } from "../../../test/support/checked-fetch.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";

/** What comes back on a raw connection until the server closes it. */
async function rawAnswer(url: string, text: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket: Socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

test("while Redis is away every call is answered 503 with Retry-After, the process lives, and then goes on", async () => {
  const redis = await startRedisServer();
  const receiver = await startReceiver();
  const api = await startApi(redis.url);
  const definition = { name: "n", target: receiver.url, events: ["delivery"] };
  try {
    expect((await api.request("GET", "/readyz")).json.results).toMatchObject({
      ready: true,
      durability: expect.stringMatching(/survives/),
    });
    await redis.kill("SIGKILL");
    await waitFor("the loss being noticed", async () => (await api.request("GET", "/readyz")).status === 503);
    // Where Redis is, and what is wrong with it, is not for everybody.
    expect((await api.request("GET", "/readyz")).json.errors).toEqual([{ message: "The store is not available now" }]);
    for (const [method, json] of [["GET"], ["POST", definition]] as const) {
      const answer = await api.request(method, "/api/v1/webhooks", json === undefined ? {} : { json });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(answer.json.errors).toEqual([expect.objectContaining({ message: expect.any(String) })]);
      expect(answer.text).not.toMatch(/at .*\.ts/);
    }
    expect((await api.request("GET", "/healthz")).status).toBe(200);
    await redis.start();
    await waitFor("readiness", async () => (await api.request("GET", "/readyz")).status === 200);
    expect((await api.request("POST", "/api/v1/webhooks", { json: definition })).status).toBe(200);
  } finally {
    await api.stop();
    await receiver.close();
    await redis.remove();
  }
}, 30_000);

test("another secret than the one that webhooks were stored with is refused at start, saying what to do", async () => {
  const url = await freshDatabase();
  const api = await startApi(url);
  await expect(startApi(url, { POSTHORN_SECRET: "a quite different secret" })).rejects.toThrow(/POSTHORN_SECRET/);
  await api.stop();
});

test("a request without Host is refused in the API's words, and one with an odd Expect is answered as if without", async () => {
  const api = await startApi(await freshDatabase());
  const head = `Authorization: ${api.apiKey}\r\nConnection: close\r\n\r\n`;
  try {
    const noHost = await rawAnswer(api.url, `GET /api/v1/webhooks HTTP/1.1\r\n${head}`);
    expect(noHost).toMatch(/^HTTP\/1.1 400 /);
    expect(noHost).toMatch(/\r\nX-Request-ID: /);
    expect(noHost).toContain('{"errors":[{"message":"The request has no Host header: send it","param":"Host"}]}');
    const expecting = await rawAnswer(api.url, `GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n${head}`);
    expect(expecting).toMatch(/^HTTP\/1.1 200 /);
    expect(expecting).toContain('{"results":{"status":"alive"}}');
  } finally {
    await api.stop();
  }
});

test("links use PUBLIC_URL when it is set, and else the request's host; forwarded hosts count for trusted proxies only", async () => {
  const url = await freshDatabase();
  const receiver = await startReceiver();
  const forwarded = { headers: { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" } };
  const hrefs = async (env: Record<string, string>): Promise<string> => {
    const api = await startApi(url, env);
    const { text } = await api.request("GET", "/api/v1/webhooks", forwarded);
    await api.stop();
    return text;
  };
  const api = await startApi(url);
  await api.request("POST", "/api/v1/webhooks", { json: { name: "n", target: receiver.url, events: ["open"] } });
  // HTTP/1.0 needs no Host.
  const hostless = `GET /api/v1/webhooks HTTP/1.0\r\nAuthorization: ${api.apiKey}\r\n\r\n`;
  expect(await rawAnswer(api.url, hostless)).toContain('"href":"/api/v1/webhooks/');
  await api.stop();
  expect(await hrefs({})).toContain('"href":"http://127.0.0.1:');
  expect(await hrefs({ TRUST_PROXY: "loopback" })).toContain('"href":"https://evil.example/api/v1/webhooks/');
  expect(await hrefs({ PUBLIC_URL: "https://posthorn.example/" })).toContain(
    '"href":"https://posthorn.example/api/v1/webhooks/',
  );
  await receiver.close();
});

describe("one process", () => {
  test("metrics are open unless a token is set, and labels do not grow with paths", async () => {
    const open = await startApi(await freshDatabase());
    for (let n = 0; n < 20; n++) await open.request("GET", `/api/v1/webhooks/${n}`);
    const { text } = await checkedFetch(open.url, "/metrics", { method: "GET", headers: {} });
    expect(text).toContain('posthorn_http_answers_total{method="GET",status="404"} 20');
    expect(text).toMatch(/process_cpu_seconds_total/);
    await open.stop();
    const guarded = await startApi(await freshDatabase(), { METRICS_TOKEN: "scrape" });
    for (const [headers, status] of [[{}, 401] as const, [{ authorization: "Bearer scrape" }, 200] as const])
      expect((await checkedFetch(guarded.url, "/metrics", { method: "GET", headers })).status).toBe(status);
    await guarded.stop();
  });

  test("an answer carries an id of its request and the headers that keep browsers careful", async () => {
    const api = await startApi(await freshDatabase());
    const [one, two] = [await api.request("GET", "/healthz"), await api.request("GET", "/healthz")];
    expect(one.headers.get("x-request-id")).not.toBe(two.headers.get("x-request-id"));
    expect(one.headers.get("x-content-type-options")).toBe("nosniff");
    expect(one.headers.get("x-powered-by")).toBeNull();
    await api.stop();
  });

  test.each([
    ["what is no HTTP", "nonsense\r\n\r\n", 400],
    ["a head of a hundred kilobytes", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, 431],
  ])("%s is answered in the API's shape", async (_, text, status) => {
    const api = await startApi(await freshDatabase());
    const answer = await rawAnswer(api.url, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toEqual({
      errors: [{ message: expect.any(String) }],
    });
    await api.stop();
  });

  test("a sender that never ends its body does not keep the process from stopping", async () => {
    const api = await startApi(await freshDatabase());
    const head = `POST /api/v1/webhooks HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.apiKey}\r\nContent-Length: 9\r\n\r\n{`;
    const open = rawAnswer(api.url, head);
    await waitFor("the API to listen", async () => (await api.request("GET", "/healthz")).status === 200);
    await api.stop();
    expect(await open).not.toContain("200 OK");
  });
});
