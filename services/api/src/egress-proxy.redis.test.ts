import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startForwardProxy } from "../../../test/support/forward-proxy.ts";
import type { ForwardProxy } from "../../../test/support/forward-proxy.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { startTokenServer } from "../../../test/support/token-server.ts";
import type { TokenServer } from "../../../test/support/token-server.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { TestWorker } from "../../../test/support/worker.ts";

let proxy: ForwardProxy;
let receiver: Receiver;
let tokens: TokenServer;
let api: TestApi;
let worker: TestWorker;
beforeEach(async () => {
  proxy = await startForwardProxy({ credentials: "us3r:pa55" });
  receiver = await startReceiver();
  tokens = await startTokenServer();
  const database = await freshDatabase();
  // Nobody is let in here directly, and the names are known to the proxy only.
  const env = { EGRESS_PROXY: proxy.url, TARGET_ALLOW: "", BATCH_MAX_WAIT: "50ms" };
  api = await startApi(database, env);
  worker = await startWorker(database, env);
});
afterEach(async () => {
  await worker.stop();
  await api.stop();
  await Promise.all([receiver.close(), tokens.close(), proxy.close()]);
});

const definition = (): Record<string, unknown> => ({
  name: "far away",
  target: `http://target.test:${receiver.port}/hook`,
  events: ["delivery"],
  auth_type: "oauth2",
  auth_request_details: {
    url: tokens.url.replace("127.0.0.1", "tokens.test"),
    body: { client_id: "ada", client_secret: "pst" },
  },
});

test("validation, token requests, test POSTs and deliveries all take the operator's proxy", async () => {
  const created = await api.request("POST", "/api/v1/webhooks", { json: definition() });
  expect(created.status).toBe(200);
  const { id } = created.json.results as { id: string };
  const validated = await api.request("POST", `/api/v1/webhooks/${id}/validate`, { json: { message: { msys: {} } } });
  expect(validated.status).toBe(200);
  expect((await api.request("POST", "/api/v1/events", { json: event(1) })).status).toBe(200);
  await waitFor("the batch", () =>
    receiver.batches.find(({ events }) => JSON.stringify(events) === JSON.stringify([event(1)])),
  );
  expect(tokens.requests.length).toBeGreaterThan(0);
  expect(new Set(proxy.connects)).toEqual(
    new Set([`target.test:${receiver.port}`, new URL(tokens.url).host.replace("127.0.0.1", "tokens.test")]),
  );
  expect(proxy.passed).toEqual([]);
});

test("a proxy that refuses fails the creation of a webhook and each attempt, says what to do, and is not taken for the target", async () => {
  const { auth_type: _, auth_request_details: __, ...plain } = definition();
  expect((await api.request("POST", "/api/v1/webhooks", { json: plain })).status).toBe(200);
  proxy.behave({ status: 403 });
  const refused = await api.request("POST", "/api/v1/webhooks", { json: { ...plain, target: "https://new.test/" } });
  expect(refused.status).toBe(400);
  expect(refused.json.errors).toEqual([
    expect.objectContaining({
      message: "POST to webhook target URL failed with error code EPROXY_403",
      description: expect.stringContaining("let it allow CONNECT to new.test:443"),
    }),
  ]);
  const unpaid = await api.request("POST", "/api/v1/webhooks", { json: { ...definition(), name: "by token" } });
  expect(unpaid.json.errors).toEqual([
    expect.objectContaining({ description: expect.stringContaining("the proxy answered 403") }),
  ]);
  expect(refused.text + unpaid.text).not.toMatch(/us3r|pa55/);
});
