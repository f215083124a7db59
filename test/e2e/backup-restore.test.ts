import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findOnPath } from "../../packages/cli/src/redis/redis-program.ts";
import type { RedisProgram } from "../../packages/cli/src/redis/redis-program.ts";
import { freePort } from "../support/free-port.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver, ReceivedBatch } from "../support/receiver.ts";
import { redisProgram } from "../support/redis-program.ts";
import { startRedisServer } from "../support/redis-server.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { event, numbersOf, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const GUIDE = fileURLToPath(new URL("../../docs/operations.md", import.meta.url));
const ENV = { BATCH_MAX_EVENTS: "10", BATCH_MAX_WAIT: "200ms", POSTHORN_API_KEY: "a-key-that-outlives-redis" };

let folder: string;
let stack: Stack;
let servers: RedisServer[];
let receivers: readonly Receiver[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "posthorn-backup-"));
  servers = [];
});
afterEach(async () => {
  await stack.stop();
  await Promise.all(servers.map((server) => server.remove()));
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await rm(folder, { recursive: true, force: true });
});

/** A block of the guide, as somebody would paste it. */
async function block(name: string): Promise<string> {
  const found = new RegExp(`^\`\`\`sh\n# ${name}\n(.*?)^\`\`\`$`, "ms").exec(await readFile(GUIDE, "utf8"))?.[1];
  if (found === undefined) throw new Error(`docs/operations.md has no block # ${name}`);
  return found;
}

async function run(commands: string, env: Record<string, string>, program: RedisProgram): Promise<void> {
  const path = `${dirname(program.command)}:${process.env["PATH"] ?? ""}`;
  const shell = spawn("bash", ["-euo", "pipefail", "-c", commands], {
    env: { ...program.env, ...env, PATH: path },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  shell.stderr.on("data", (part: Buffer) => (told += part.toString()));
  const code = await new Promise((resolve) => shell.once("exit", resolve));
  if (code !== 0) throw new Error(`the block ended with ${String(code)}: ${told}`);
}

/** Where the guide's commands are: beside the server of the tests, or on the path. */
function hasRedisCli({ command }: RedisProgram): boolean {
  return (
    existsSync(join(dirname(command), "redis-cli")) ||
    findOnPath(["redis-cli"], process.env["PATH"] ?? "") !== undefined
  );
}

const numbersIn = (batches: readonly ReceivedBatch[]): number[] =>
  [...new Set(batches.flatMap(({ events }) => numbersOf(events)))].toSorted((a, b) => a - b);

test("a backup that is taken under load is restored by the guide: what was acknowledged before arrives, what came again has its batch id", async () => {
  const program = await redisProgram();
  if (!hasRedisCli(program)) {
    throw new Error("the guide's commands need redis-cli, beside redis-server or on the path: install redis-tools");
  }
  const first = await startRedisServer();
  servers.push(first);
  const [healthy, hanging, paused] = await Promise.all([startReceiver(), startReceiver(), startReceiver()]);
  receivers = [healthy, hanging, paused];
  // Whenever the snapshot is taken, some are under way.
  healthy.answerWith(() => ({ status: 200, delayMs: 150 }));
  hanging.answerWith(() => "hang");
  stack = await startStack({ redisUrl: first.url, env: ENV });
  for (const [index, { url }] of receivers.entries()) {
    // The healthy one takes so many at a time that the load, as fast as it is sent, can be delivered while it comes.
    const concurrency = index === 0 ? 64 : 4;
    await stack.createWebhook(url, { name: String(index), auth_token: "s3cret", concurrency });
  }
  const pausedId = (
    (await stack.call("GET", "/api/v1/webhooks")).body["results"] as { id: string; name: string }[]
  ).find(({ name }) => name === "2")?.id;
  await stack.call("POST", `/api/v1/webhooks/${pausedId}/pause`);

  let sent = 0;
  const send = async (count: number): Promise<void> => {
    await stack.send(Array.from({ length: count }, () => event(sent++)));
  };
  await send(105);
  await waitFor(
    "some being delivered, and others under way",
    () => healthy.batches.length > 0 && hanging.batches.length > 0,
  );
  // Deliveries and appends go on while the snapshot is taken.
  const acknowledgedBefore = sent;
  let isLoading = true;
  const load = (async () => {
    while (isLoading) await send(5);
  })();
  const backup = join(folder, "backup");
  await run(
    await block("backup:take"),
    { BACKUP: backup, REDIS_HOST: "127.0.0.1", REDIS_PORT: String(first.port) },
    program,
  );
  isLoading = false;
  await load;
  await send(20);
  await waitFor("everything by the healthy one", () => numbersIn(healthy.batches).length === sent, 60_000);

  await stack.stop();
  await first.remove();
  const data = join(folder, "data");
  await run(await block("restore:load"), { BACKUP: backup, DATA: data, NEW_PORT: String(await freePort()) }, program);
  const restored = await startRedisServer(["--dir", data]);
  servers.push(restored);
  const before = new Map(healthy.batches.map(({ batchId, body }) => [batchId, body]));
  const seen = healthy.batches.length;
  hanging.answerWith([]);
  const hung = hanging.batches.length;
  stack = await startStack({ redisUrl: restored.url, env: ENV });
  expect((await stack.call("POST", `/api/v1/webhooks/${pausedId}/resume`)).status).toBe(200);

  const all = Array.from({ length: acknowledgedBefore }, (_, n) => n);
  for (const receiver of [hanging, paused]) {
    const arrived = (): number[] => numbersIn(receiver === hanging ? hanging.batches.slice(hung) : paused.batches);
    await waitFor("what was acknowledged before the backup", () => all.every((n) => arrived().includes(n)), 30_000);
  }
  await waitFor(
    "nothing to wait any more",
    async () => {
      const { body } = await stack.call("GET", "/api/v1/stats");
      const { totals } = body["results"] as { totals: { backlog_events: number; open_events: number } };
      return totals.backlog_events === 0 && totals.open_events === 0;
    },
    30_000,
  );
  // What had been delivered since came again as it was. The last window may have been closed elsewhere.
  const again = healthy.batches.slice(seen);
  const known = again.filter(({ batchId }) => before.has(batchId));
  for (const { batchId, body } of known) expect(body.equals(before.get(batchId) ?? Buffer.alloc(0))).toBe(true);
  expect(known.length).toBeGreaterThan(0);
  expect(again.length - known.length).toBeLessThanOrEqual(1);
  // The token was sealed: the same secret opens it.
  expect(paused.batches.every(({ token }) => token === "s3cret")).toBe(true);
  await send(10);
  await waitFor("new events", () => numbersIn(healthy.batches).includes(sent - 1), 10_000);
}, 120_000);
