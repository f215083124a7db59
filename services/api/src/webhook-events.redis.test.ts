import { gzipSync } from "node:zlib";
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
let other: Receiver;
beforeEach(async () => {
  const url = await freshDatabase();
  [receiver, other] = await Promise.all([startReceiver(), startReceiver()]);
  api = await startApi(url, { BATCH_MAX_WAIT: "100ms" });
  worker = await startWorker(url, { BATCH_MAX_WAIT: "100ms" });
});
afterEach(async () => {
  await worker.stop();
  await api.stop();
  await Promise.all([receiver.close(), other.close()]);
});

async function create(target: string, changes: Record<string, unknown> = {}): Promise<string> {
  const { json, text } = await api.request("POST", "/api/v1/webhooks", {
    json: { name: "test", target, events: ["bounce"], ...changes },
  });
  if (json.results === undefined) throw new Error(text);
  return (json.results as { id: string }).id;
}

function send(id: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<ApiAnswer> {
  return api.request("POST", `/api/v1/webhooks/${id}/events`, { body, headers });
}

const received = (): number[] => receiver.batches.flatMap(({ events }) => numbersOf(events));

test("the events go to this webhook alone, also of types that it does not want", async () => {
  const id = await create(receiver.url);
  await create(other.url, { events: ["delivery"] });
  const { status, json } = await send(id, JSON.stringify([event(1), event(2, "bounce")]));
  expect(status).toBe(200);
  expect(json.results).toMatchObject({ accepted: 2 });
  await waitFor("the batch", () => receiver.batches.length === 1);
  expect(received()).toEqual([1, 2]);
  expect(other.batches).toEqual([]);
});

test("a compressed file with one event a line is sent as it is, and a repeat under its key sends nothing twice", async () => {
  const id = await create(receiver.url);
  const file = gzipSync([1, 2, 3].map((n) => `${JSON.stringify(event(n))}\n`).join(""));
  const headers = {
    "content-type": "application/x-ndjson",
    "content-encoding": "gzip",
    "idempotency-key": "replay of a file",
  };
  const first = await send(id, file, headers);
  expect(first.status).toBe(200);
  const again = await send(id, file, headers);
  expect(again.json).toEqual(first.json);
  expect([first, again].map((one) => one.headers.get("idempotent-replayed"))).toEqual([null, "true"]);
  // The key is another webhook's, or the inlet's, as well.
  const second = await create(other.url);
  expect((await send(second, file, headers)).status).toBe(200);
  await waitFor("both batches", () => receiver.batches.length > 0 && other.batches.length > 0);
  expect(received()).toEqual([1, 2, 3]);
  expect(other.batches.flatMap(({ events }) => numbersOf(events))).toEqual([1, 2, 3]);
});

test("an inactive webhook refuses them, and takes them under the same key when it is active", async () => {
  const id = await create(receiver.url);
  await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { active: false } });
  const headers = { "idempotency-key": "the same" };
  const refused = await send(id, JSON.stringify(event(1)), headers);
  expect([refused.status, refused.json.errors]).toEqual([
    400,
    [{ message: expect.stringMatching(/inactive: update it with active true/) }],
  ]);
  await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { active: true } });
  expect((await send(id, JSON.stringify(event(1)), headers)).status).toBe(200);
  await waitFor("the batch", () => receiver.batches.length === 1);
  expect(received()).toEqual([1]);
});

test("who may only send events, or another subaccount, gets nowhere", async () => {
  const id = await create(receiver.url);
  const { json } = await api.request("POST", "/api/v1/api-keys", {
    json: { label: "sender", grants: ["events/ingest", "webhooks/view"] },
  });
  const { key } = json.results as { key: string };
  const body = JSON.stringify(event(1));
  expect((await send(id, body, { authorization: key })).status).toBe(403);
  expect((await send(id, body, { "x-msys-subaccount": "7" })).status).toBe(404);
});
