import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definitionId, MASK } from "@posthorn/core";
import { ConfigError } from "@posthorn/runtime";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

let folder: string;
let file: string;
let receiver: Receiver;
let database: string;
const running: TestApi[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "posthorn-webhooks-file-"));
  file = join(folder, "webhooks.json");
  receiver = await startReceiver();
  database = await freshDatabase();
});
afterEach(async () => {
  for (const api of running.splice(0)) await api.stop();
  await receiver.close();
  await rm(folder, { recursive: true });
});

async function start(env: Record<string, string> = {}): Promise<TestApi> {
  const api = await startApi(database, { WEBHOOKS_FILE: file, ...env });
  running.push(api);
  return api;
}
const write = (content: unknown): Promise<void> =>
  writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
const entry = (name: string, changes: Record<string, unknown> = {}) => ({
  name,
  target: receiver.url,
  events: ["delivery"],
  ...changes,
});
const list = async (api: TestApi): Promise<Record<string, unknown>[]> =>
  (await api.request("GET", "/api/v1/webhooks")).json.results as Record<string, unknown>[];
const names = async (api: TestApi) =>
  (await list(api)).map(({ name }) => String(name)).toSorted((a, b) => a.localeCompare(b));

test("the webhooks of the file are there, and get events, as soon as the API answers", async () => {
  await write([entry("a", { auth_token: "s3cret" }), entry("b")]);
  const api = await start();
  expect(await list(api)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: definitionId("a"), name: "a", auth_token: MASK }),
      expect.objectContaining({ id: definitionId("b"), name: "b" }),
    ]),
  );
  const { text } = await api.request("POST", "/api/v1/events", {
    json: { msys: { message_event: { type: "delivery" } } },
  });
  expect(text).toContain('"accepted":1');
  expect(await (await fetch(`${api.url}/metrics`)).text()).toMatch(/unrouted\S* 0$/m);
});

test("a dry run by HTTP tells what the next reload does, and does nothing itself", async () => {
  await write([entry("changes", { rate_limit: 60 }), entry("goes")]);
  const api = await start();
  await api.request("POST", "/api/v1/webhooks", { json: entry("foreign") });
  const next = [entry("changes"), entry("comes"), entry("foreign")];
  const { json } = await api.request("PUT", "/api/v1/definitions?dry_run=true&mode=provision", { json: next });
  expect(json.results).toMatchObject({
    dry_run: true,
    created: [{ name: "comes" }],
    updated: [
      { name: "changes", changes: [{ field: "rate_limit", from: 60, to: null }] },
      { name: "foreign", changes: [{ field: "owner", from: "api", to: "file" }] },
    ],
    removed: [{ name: "goes" }],
  });
  expect(await names(api)).toEqual(["changes", "foreign", "goes"]);
  await write(next);
  await api.reload();
  expect(await names(api)).toEqual(["changes", "comes", "foreign"]);
});

test("a reload creates, updates and removes, and leaves alone what the API has made", async () => {
  await write([entry("stays"), entry("changes", { rate_limit: 60, concurrency: 7 }), entry("goes")]);
  const api = await start();
  await api.request("POST", "/api/v1/webhooks", { json: entry("foreign") });
  await write([entry("stays"), entry("changes", { concurrency: 9 }), entry("comes")]);
  await api.reload();
  expect(await names(api)).toEqual(["changes", "comes", "foreign", "stays"]);
  expect(await list(api)).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: "changes", rate_limit: null, concurrency: 9 })]),
  );
});

test("what somebody changes or deletes by the API is as the file says after the next start, but for a pause", async () => {
  await write([entry("a"), entry("b")]);
  const first = await start();
  await first.request("PUT", `/api/v1/webhooks/${definitionId("a")}`, {
    json: { name: "z", concurrency: 7, paused: true },
  });
  await first.request("DELETE", `/api/v1/webhooks/${definitionId("b")}`);
  const second = await start();
  expect(await list(second)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: definitionId("a"), name: "a", concurrency: null, paused: true }),
      expect.objectContaining({ id: definitionId("b"), name: "b" }),
    ]),
  );
});

test("a webhook of the API that the file names becomes the file's, and goes with it", async () => {
  await write([]);
  const api = await start();
  const { json } = await api.request("POST", "/api/v1/webhooks", { json: entry("a", { auth_token: "s3cret" }) });
  await write([entry("a", { auth_token: MASK })]);
  await api.reload();
  expect(await list(api)).toEqual([
    expect.objectContaining({ id: (json.results as { id: string }).id, auth_token: MASK }),
  ]);
  await write([]);
  await api.reload();
  expect(await list(api)).toEqual([]);
});

test("webhooks of one name that were made by the API keep no process from starting, and stay as they are", async () => {
  await write([]);
  const first = await start();
  for (const subaccount_id of [1, 2])
    await first.request("POST", "/api/v1/webhooks", { json: entry("a", { subaccount_id }) });
  await write([entry("a", { subaccount_id: 3 })]);
  const [second] = [await start(), await start()];
  const subaccounts = (await list(second)).map(({ subaccount_id }) => Number(subaccount_id));
  expect(subaccounts.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
});

test("a name with a line break at its end, as YAML makes them, is taken, and by a single call refused", async () => {
  await write([entry("a\n")]);
  const api = await start();
  expect(await names(api)).toEqual(["a\n"]);
  expect((await api.request("POST", "/api/v1/webhooks", { json: entry("b\n") })).status).toBe(400);
  expect((await api.request("PUT", "/api/v1/definitions", { json: [entry("c\n")] })).status).toBe(200);
  expect(await names(api)).toEqual(["a\n", "c\n"]);
});

test("a target that does not answer keeps no process from starting, and its webhook is there", async () => {
  await write([entry("away", { target: "http://127.0.0.1:9/" }), entry("here")]);
  expect(await names(await start())).toEqual(["away", "here"]);
});

test("a file with mistakes keeps the process from starting, and all are told", async () => {
  await write([entry("a", { events: ["nonsense"] }), entry("a"), { name: "b", auth_token: MASK }]);
  const problems = await start().then(
    () => [],
    (error: unknown) => (error instanceof ConfigError ? error.problems : [String(error)]),
  );
  const places = ["[1].name", "[0].events[0]", "[2].target", "[2].events", "[2].auth_token"];
  for (const place of places) {
    expect(problems.filter((problem) => problem.startsWith(`WEBHOOKS_FILE: ${file}: ${place}: `))).toHaveLength(1);
  }
  expect(problems).toHaveLength(places.length);
});

test("a file that is not there keeps the process from starting", async () => {
  await expect(start()).rejects.toThrow(`WEBHOOKS_FILE: ${file} cannot be read (ENOENT)`);
});

test.each([
  ["cut off", '[{"name":"a"'],
  ["empty", ""],
  ["wrong in one place", [{ name: "a" }]],
  ["no UTF-8", Buffer.from([0xff])],
])("a file that is %s changes nothing at a reload", async (_, content) => {
  await write([entry("a"), entry("b")]);
  const api = await start();
  await (Buffer.isBuffer(content) ? writeFile(file, content) : write(content));
  await api.reload();
  expect(await names(api)).toEqual(["a", "b"]);
  await write([entry("b")]);
  await api.reload();
  expect(await names(api)).toEqual(["b"]);
});

test("several processes that start with the file at the same time make each webhook once", async () => {
  await write(Array.from({ length: 40 }, (_, n) => entry(`webhook ${n}`)));
  const [first] = await Promise.all([start(), start(), start()]);
  expect(receiver.tests).toHaveLength(40);
  expect(first === undefined ? [] : await names(first)).toHaveLength(40);
});
