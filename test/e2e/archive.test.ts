import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main as ops } from "../../packages/cli/src/ops.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const EVENTS = 25;

let stack: Stack;
let sick: Receiver;
let healthy: Receiver;
let dir: string;
beforeEach(async () => {
  [sick, healthy] = await Promise.all([startReceiver(), startReceiver()]);
  dir = await mkdtemp(join(tmpdir(), "posthorn-archive-"));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stack.stop();
  await Promise.all([sick.close(), healthy.close()]);
  await rm(dir, { recursive: true, force: true });
});

const received = ({ batches }: Receiver): number[] =>
  batches.flatMap(({ events }) => numbersOf(events)).toSorted((a, b) => a - b);

test("what expires is in files, though a worker is killed meanwhile, and a replay brings it to its webhook alone", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    workers: 2,
    env: { BATCH_MAX_EVENTS: "5", RETRY_EXPIRY: "2s", RETRY_SCHEDULE: "300ms", PROBE_INTERVAL_MAX: "300ms" },
    workerEnv: { ARCHIVE_DIR: dir },
  });
  sick.answerWith(() => ({ status: 503 }));
  const id = await stack.createWebhook(sick.url, { name: "sick" });
  await stack.createWebhook(healthy.url);
  const numbers = Array.from({ length: EVENTS }, (_, n) => n);
  await stack.send(numbers.map((n) => event(n)));
  await waitFor("the first file", async () => (await readdir(dir)).some((name) => name.endsWith(".gz")), 30_000);
  await stack.workers[0]?.kill("SIGKILL");
  await waitFor(
    "all files",
    async () => (await readdir(dir)).filter((name) => name.endsWith(".gz")).length === 5,
    60_000,
  );
  expect((await readdir(dir)).every((name) => name.includes(id))).toBe(true);
  expect(received(healthy)).toEqual(numbers);

  sick.answerWith([]);
  const attempts = sick.batches.length;
  const told = jest.spyOn(console, "log").mockImplementation(() => undefined);
  expect(await ops(["replay", "--all", "--dir", dir, "--url", stack.url, "--key", stack.apiKey], {})).toBe(0);
  expect(told).toHaveBeenCalledTimes(5);
  await waitFor("the events", () => sick.batches.length >= attempts + 5, 30_000);
  expect(received({ ...sick, batches: sick.batches.slice(attempts) })).toEqual(numbers);
  expect(received(healthy)).toEqual(numbers);
}, 120_000);
