import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase, numbersOf } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { TestWorker } from "../../../test/support/worker.ts";

let api: TestApi;
let worker: TestWorker;
let receiver: Receiver;
beforeEach(async () => {
  const url = await freshDatabase();
  receiver = await startReceiver();
  // The second webhook's partition comes into use while everything is paused, unless both have the same.
  api = await startApi(url, { BATCH_MAX_EVENTS: "1", PARTITIONS: "16" });
  worker = await startWorker(url, { BATCH_MAX_EVENTS: "1" });
});
afterEach(async () => {
  await worker.stop();
  await api.stop();
  await receiver.close();
});

const order = (what: "pause" | "resume"): Promise<ApiAnswer> => api.request("POST", `/api/v1/${what}`);
const send = (...numbers: number[]): Promise<ApiAnswer> =>
  api.request("POST", "/api/v1/events", { json: numbers.map((n) => event(n)) });
const received = (): number[] => receiver.batches.flatMap(({ events }) => numbersOf(events)).toSorted((a, b) => a - b);

async function create(): Promise<string> {
  const { json } = await api.request("POST", "/api/v1/webhooks", {
    json: { name: "test", target: receiver.url, events: ["delivery"] },
  });
  return (json.results as { id: string }).id;
}

async function pausedSince(): Promise<string | null> {
  const { json } = await api.request("GET", "/api/v1/stats");
  return (json.results as { paused_since: string | null }).paused_since;
}

test("everything is paused and goes on; stats and metrics tell since when, and a retry is refused with what to do", async () => {
  const id = await create();
  expect(await pausedSince()).toBeNull();
  const { status, json } = await order("pause");
  expect(status).toBe(200);
  expect(json.results).toEqual({ paused: true, paused_since: await pausedSince() });
  expect((await order("pause")).json).toEqual(json);
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  const [, paused] = /^posthorn_everything_paused_seconds (\S+)$/m.exec(metrics) ?? [];
  expect(Number(paused)).toBeGreaterThan(0);
  expect(Number(paused)).toBeLessThan(30);

  expect((await send(0)).status).toBe(200);
  await create();
  expect((await send(1)).status).toBe(200);
  const refused = await api.request("POST", `/api/v1/webhooks/${id}/retry`);
  expect([refused.status, refused.json.errors]).toEqual([
    400,
    [{ message: expect.stringMatching(/^Everything is paused.*ops -- resume/) }],
  ]);
  expect(received()).toEqual([]);

  expect((await order("resume")).json).toEqual({ results: { paused: false, paused_since: null } });
  await waitFor("everything", () => received().length === 3);
  expect(received()).toEqual([0, 1, 1]);
});

test("only a key with the grant admin may", async () => {
  const { json } = await api.request("POST", "/api/v1/api-keys", {
    json: { label: "modifies", grants: ["webhooks/modify", "events/ingest"] },
  });
  const { key } = json.results as { key: string };
  const { status } = await api.request("POST", "/api/v1/pause", { headers: { authorization: key } });
  expect(status).toBe(403);
  expect(await pausedSince()).toBeNull();
});
