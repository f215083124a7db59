import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { archiveFileName } from "@posthorn/core";
import type { BatchId, WebhookId } from "@posthorn/core";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase, numbersOf } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { TestWorker } from "../../../test/support/worker.ts";
import { main } from "./ops.ts";
import type { ListedBatch } from "./ops/batch-filter.ts";

const BATCH = "a8272f63-9e28-58a6-b87c-125315e69246" as BatchId;

let api: TestApi;
let worker: TestWorker | undefined;
let receiver: Receiver;
let redisUrl: string;
let dir: string;
beforeEach(async () => {
  redisUrl = await freshDatabase();
  receiver = await startReceiver();
  api = await startApi(redisUrl, { BATCH_MAX_EVENTS: "1" });
  dir = await mkdtemp(join(tmpdir(), "posthorn-ops-"));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await worker?.stop();
  worker = undefined;
  await api.stop();
  await receiver.close();
  await rm(dir, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function ops(text: string, key = api.apiKey): Promise<Ran> {
  const lines = { log: [] as string[], error: [] as string[] };
  for (const name of ["log", "error"] as const) {
    jest.spyOn(console, name).mockImplementation((...told: unknown[]) => void lines[name].push(told.join(" ")));
  }
  const code = await main([...text.split(" "), "--url", api.url], { POSTHORN_API_KEY: key, ARCHIVE_DIR: dir });
  jest.restoreAllMocks();
  return { code, stdout: lines.log.join("\n"), stderr: lines.error.join("\n") };
}

async function create(name: string, changes: Record<string, unknown> = {}): Promise<WebhookId> {
  const { json, text } = await api.request("POST", "/api/v1/webhooks", {
    json: { name, target: receiver.url, events: ["delivery"], ...changes },
  });
  if (json.results === undefined) throw new Error(text);
  return (json.results as { id: WebhookId }).id;
}

/** Every event is a batch. */
async function send(...numbers: number[]): Promise<void> {
  const { status } = await api.request("POST", "/api/v1/events", { json: numbers.map((n) => event(n)) });
  expect(status).toBe(200);
}

async function startWorking(): Promise<void> {
  worker = await startWorker(redisUrl, { BATCH_MAX_EVENTS: "1" });
}

async function batchesOf(id: string, query = ""): Promise<ListedBatch[]> {
  return (await api.request("GET", `/api/v1/webhooks/${id}/batches${query}`)).json.results as ListedBatch[];
}

const received = (): number[] => receiver.batches.flatMap(({ events }) => numbersOf(events)).toSorted((a, b) => a - b);

test("status tells what stands how, also that everything is paused", async () => {
  await create("CRM");
  await send(1, 2);
  expect((await ops("status")).stdout).toMatch(
    /^Nothing is paused as a whole\n1 webhook, 0 of them failing.*\n2 events waiting.*\nThe store holds .* of .*\n1 API process and 0 workers live\nRedis/,
  );
  expect(await ops("pause")).toMatchObject({ code: 0, stderr: expect.stringContaining("Everything is paused") });
  expect((await ops("status")).stdout).toMatch(/^EVERYTHING IS PAUSED since 2/);
  expect((await ops("resume")).code).toBe(0);
});

test("back-logs are listed with the largest first, and what keeps each", async () => {
  await create("small");
  await create("large", { events: ["bounce"], paused: true });
  await send(1);
  await api.request("POST", "/api/v1/events", { json: [2, 3, 4].map((n) => event(n, "bounce")) });
  const { code, stdout, stderr } = await ops("backlogs --limit 1");
  expect(code).toBe(0);
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(/^ID +NAME +EVENTS/),
    expect.stringMatching(/large +3 .* paused$/),
  ]);
  expect(stderr).toBe("… and 1 more (--limit)");
});

test("a webhook is paused by its name, and resumed by its id", async () => {
  const id = await create("CRM");
  await startWorking();
  expect((await ops("pause --webhook CRM")).code).toBe(0);
  await send(1);
  await waitFor("the batch", async () => (await batchesOf(id, "?state=waiting")).length === 1);
  expect(received()).toEqual([]);
  expect((await ops(`resume --webhook ${id}`)).code).toBe(0);
  await waitFor("the event", () => received().length === 1);
  expect(await ops("pause --webhook nobody")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no webhook nobody.*webhooks -- list/),
  });
  await create("CRM");
  expect((await ops("pause --webhook CRM")).stderr).toMatch(/2 webhooks CRM: give the id/);
});

test("a drain has everything tried that may be, and tells what it leaves alone", async () => {
  receiver.answerWith(() => ({ status: 503 }));
  const [failing, paused] = [await create("failing"), await create("paused")];
  await startWorking();
  await send(1);
  await waitFor("failures", async () =>
    (await Promise.all([failing, paused].map((id) => batchesOf(id, "?state=scheduled")))).every(
      (batches) => batches.length === 1,
    ),
  );
  await ops("pause --webhook paused");
  receiver.answerWith([]);
  const before = receiver.batches.length;
  const { code, stdout } = await ops("drain --all");
  expect(code).toBe(0);
  expect(stdout.split("\n").toSorted()).toEqual(["failing: 1 batch due now", "paused: left alone, since it is paused"]);
  await waitFor("the batch", () => receiver.batches.length === before + 1);
  await ops("pause");
  expect(await ops("drain --all")).toMatchObject({ code: 1, stderr: expect.stringContaining("ops -- resume") });
});

test("a drain of all finds what has begun to wait since somebody looked, however many webhooks there are", async () => {
  await api.stop();
  api = await startApi(redisUrl, { BATCH_MAX_EVENTS: "1", API_RATE_LIMIT: "0", POSTHORN_API_KEY: api.apiKey });
  const names = Array.from({ length: 101 }, (_, n) => `Customer ${n}`);
  for (let n = 0; n < names.length; n += 10) await Promise.all(names.slice(n, n + 10).map((name) => create(name)));
  await ops("status");
  await send(1);
  const { code, stdout } = await ops("drain --all");
  expect(code).toBe(0);
  // No worker has taken any yet, and none has failed.
  expect(stdout.split("\n").toSorted()).toEqual(names.map((name) => `${name}: 0 batches due now`).toSorted());
});

test("batches are chosen by a filter, shown, tried again, and deleted only on a word", async () => {
  receiver.answerWith(() => ({ status: 500 }));
  const id = await create("CRM");
  expect((await ops("batches --webhook CRM")).stderr).toBe("CRM has no batch");
  expect(await ops("discard --webhook CRM --all")).toMatchObject({ code: 0, stderr: "Nothing of CRM waits" });
  await startWorking();
  await send(1, 2);
  await waitFor("both to fail", async () => (await batchesOf(id, "?state=scheduled")).length === 2);
  const { stdout } = await ops("batches --webhook CRM --failed 1 --state scheduled");
  expect(stdout.split("\n")).toHaveLength(3);
  expect((await ops("batches --webhook CRM --older 1h")).stderr).toBe("CRM has no such batch");

  const would = await ops("discard --webhook CRM --failed 1");
  expect(would).toMatchObject({
    code: 1,
    stderr: "This would discard 2 batches with 2 events of CRM: give --yes to do it",
  });
  const [first, second] = (await batchesOf(id)).map((batch) => batch.id);
  expect((await ops(`discard --webhook CRM --batch ${first} --yes`)).stderr).toBe("Discarded 1 of 1 batch of CRM");
  expect(await ops(`discard --webhook CRM --batch ${first} --batch ${second} --yes`)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Discarded 1 of 2 batches of CRM\n.*it was discarded/s),
  });

  await send(3);
  // The third failure in a row: the webhook is failing, and the batch waits for a probe.
  await waitFor("it to fail", async () =>
    (await batchesOf(id, "?state=waiting")).some(({ failed_attempts: failed }) => failed > 0),
  );
  receiver.answerWith([]);
  const before = receiver.batches.length;
  expect((await ops("retry --webhook CRM --failed 1")).stderr).toBe("Retried 1 of 1 batch of CRM");
  await waitFor("the batch", () => receiver.batches.length > before);
  await ops("pause --webhook CRM");
  await send(4, 5);
  await waitFor("them to wait", async () => (await batchesOf(id, "?state=waiting")).length === 2);
  expect(await ops("discard --webhook CRM --all --yes")).toMatchObject({
    code: 0,
    stderr: "Discarded 2 batches of CRM",
  });
});

test("files of the archive are listed and replayed to their own webhook, once unless asked for again", async () => {
  const id = await create("CRM", { events: ["bounce"] });
  await create("other");
  await startWorking();
  const write = async (batch: string, webhook: WebhookId, numbers: readonly number[], endedAtMs = Date.now()) => {
    const name = archiveFileName({ endedAtMs, webhook, batch: batch as BatchId, why: "expired" });
    await writeFile(join(dir, name), gzipSync(numbers.map((n) => `${JSON.stringify(event(n))}\n`).join("")));
    return name;
  };
  const name = await write(BATCH, id, [1]);
  await write(BATCH.replace("a8", "a9"), id, [2], Date.now() - 7_200_000);
  await writeFile(join(dir, "notes.txt"), "");

  expect((await ops("archive")).stdout.split("\n")).toHaveLength(3);
  expect((await ops("archive --webhook CRM --since 1h")).stdout).toContain(BATCH);
  expect(await ops("replay --webhook CRM --since 1h")).toMatchObject({ code: 0, stdout: `${name}: 1 event sent` });
  await waitFor("the event", () => receiver.batches.length === 1);
  expect(await ops(`replay ${join(dir, name)}`)).toMatchObject({
    code: 0,
    stdout: "",
    stderr: `${name}: not sent, since it was within IDEMPOTENCY_WINDOW (1h) already; --again sends it once more`,
  });
  expect((await ops(`replay ${join(dir, name)} --again`)).stdout).toBe(`${name}: 1 event sent`);
  await waitFor("it again", () => receiver.batches.length === 2);
  expect((await ops("replay --all --to other")).code).toBe(0);
  await waitFor("both by the other one", () => receiver.batches.length === 4);
  expect(received()).toEqual([1, 1, 1, 2]);

  await write(BATCH.replace("a8", "b0"), BATCH as unknown as WebhookId, [3]);
  expect(await ops("replay --all")).toMatchObject({ code: 1, stderr: expect.stringMatching(/answers 404/) });
  expect((await ops(`replay ${join(dir, "notes.txt")}`)).stderr).toMatch(/does not say whose events it holds/);
  expect((await ops("archive --dir /nowhere")).stderr).toMatch(/\/nowhere cannot be read \(ENOENT\)/);
});

test("a command waits when it makes more calls than are allowed a second", async () => {
  await api.stop();
  api = await startApi(redisUrl, { BATCH_MAX_EVENTS: "1", API_RATE_LIMIT: "3", POSTHORN_API_KEY: api.apiKey });
  await create("CRM", { paused: true });
  await send(1, 2, 3, 4, 5, 6);
  expect((await ops("discard --webhook CRM --older 0s --yes")).stderr).toBe("Discarded 6 of 6 batches of CRM");
});

test("without the grant it is refused in words", async () => {
  const { json } = await api.request("POST", "/api/v1/api-keys", { json: { label: "x", grants: ["webhooks/modify"] } });
  const { key } = json.results as { key: string };
  expect(await ops("pause", key)).toMatchObject({ code: 1, stderr: expect.stringContaining("lacks the grant admin") });
});
