import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { startApi } from "../../../../test/support/api.ts";
import type { TestApi } from "../../../../test/support/api.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { startReceiver } from "../../../../test/support/receiver.ts";
import type { Receiver } from "../../../../test/support/receiver.ts";
import { event, freshDatabase } from "../../../../test/support/stack.ts";
import { waitFor } from "../../../../test/support/wait-for.ts";
import { startWorker } from "../../../../test/support/worker.ts";
import type { TestWorker } from "../../../../test/support/worker.ts";
import type { NoticeBody } from "./notice-body.ts";

/** What the operator has behind NOTIFY_URL. */
interface NoticeReceiver {
  readonly url: string;
  readonly notices: { readonly body: NoticeBody; readonly headers: IncomingHttpHeaders }[];
  answerWith(status: number | "hang"): void;
  close(): Promise<void>;
}

async function startNoticeReceiver(port = 0): Promise<NoticeReceiver> {
  const notices: NoticeReceiver["notices"] = [];
  let status: number | "hang" = 204;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      notices.push({ body: JSON.parse(text) as NoticeBody, headers: request.headers });
      if (status !== "hang") response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/s3cret`,
    notices,
    answerWith: (told) => {
      status = told;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let receiver: Receiver;
let told: NoticeReceiver;
let api: TestApi;
let workers: TestWorker[];

const ENV = {
  BATCH_MAX_EVENTS: "1",
  RETRY_SCHEDULE: "300ms",
  PROBE_INTERVAL_MAX: "500ms",
  WEBHOOK_CONCURRENCY: "1",
  NOTIFY_TOKEN: "n0tice-token",
};

async function start(env: Record<string, string>): Promise<void> {
  const redis = await freshDatabase();
  const all = { ...ENV, ...env };
  api = await startApi(redis, all);
  workers = await Promise.all([startWorker(redis, all), startWorker(redis, all)]);
}

beforeEach(async () => {
  [receiver, told] = await Promise.all([startReceiver(), startNoticeReceiver()]);
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await Promise.all([api.stop(), receiver.close(), told.close()]);
});

async function createWebhook(name: string): Promise<string> {
  const json = { name, target: receiver.url, events: ["delivery"] };
  const answer = await api.request("POST", "/api/v1/webhooks", { json });
  return (answer.json.results as { id: string }).id;
}

async function send(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await api.request("POST", "/api/v1/events", { json: [event(n)] });
}

const kinds = (): string[] => told.notices.map(({ body }) => body.kind);

test("of two workers one tells that a webhook fails and recovers, once each, with the token", async () => {
  await start({ NOTIFY_URL: told.url });
  const id = await createWebhook("CRM");
  receiver.answerWith(() => ({ status: 503 }));
  await send(4);
  await waitFor("the notice", () => kinds().length > 0);
  receiver.answerWith([]);
  await waitFor("the second notice", () => kinds().length > 1);
  await waitFor("the back-log", () => new Set(receiver.batches.map(({ batchId }) => batchId)).size === 4);
  expect(kinds()).toEqual(["failing", "recovered"]);
  const [failing] = told.notices;
  expect(failing?.headers).toMatchObject({ authorization: "Bearer n0tice-token", "content-type": "application/json" });
  expect(failing?.body).toMatchObject({
    webhook: { id, name: "CRM" },
    times: 1,
    reason: "The target answered 503",
    text: expect.stringContaining("“CRM” is failing"),
  });
});

test("batches that expire are told with their number, and deliveries wait for no notice that hangs", async () => {
  await start({ NOTIFY_URL: told.url, RETRY_EXPIRY: "1500ms" });
  told.answerWith("hang");
  const id = await createWebhook("CRM");
  receiver.answerWith(() => ({ status: 500 }));
  await send(6);
  await waitFor("the first notice", () => kinds().length > 0);
  const tried = receiver.batches.length;
  await waitFor("the webhook being tried while its notice hangs", () => receiver.batches.length > tried);
  told.answerWith(204);
  await waitFor("a notice of batches that expired", () => kinds().includes("expired"), 20_000);
  const expired = told.notices.find(({ body }) => body.kind === "expired")?.body;
  expect(expired?.webhook.id).toBe(id);
  expect(expired?.batches).toBeGreaterThan(0);
  expect(expired?.events).toBe(expired?.batches);
}, 40_000);

test("what happens while the notice URL is away is told when it is back, and what it refuses is told again", async () => {
  const port = await freePort();
  await start({ NOTIFY_URL: `http://127.0.0.1:${port}/` });
  await createWebhook("CRM");
  receiver.answerWith(() => "reset");
  await send(4);
  // Nobody listens; both workers run into that.
  await waitFor("the webhook failing", async () => {
    const { json } = await api.request("GET", "/api/v1/stats");
    return (json.results as { totals: { failing_webhooks: number } }).totals.failing_webhooks === 1;
  });
  await told.close();
  told = await startNoticeReceiver(port);
  told.answerWith(502);
  await waitFor("a try that is answered with an error", () => kinds().length > 0, 20_000);
  told.answerWith(200);
  await waitFor("another try", () => kinds().length > 1, 20_000);
  const [first, second] = told.notices;
  expect(second?.body.id).toBe(first?.body.id);
  expect(first?.body).toMatchObject({ kind: "failing", reason: expect.stringContaining("closed the connection") });
}, 60_000);
