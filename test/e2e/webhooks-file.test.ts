import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

let folder: string;
let file: string;
let receiver: Receiver;
const stacks: Stack[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "posthorn-webhooks-file-"));
  file = join(folder, "webhooks.json");
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop();
  await receiver.close();
  await rm(folder, { recursive: true });
});

async function start(redisUrl: string, workers = 0): Promise<Stack> {
  const stack = await startStack({ redisUrl, workers, env: { WEBHOOKS_FILE: file, BATCH_MAX_WAIT: "300ms" } });
  stacks.push(stack);
  return stack;
}

const write = (...entries: readonly Record<string, unknown>[]): Promise<void> =>
  writeFile(file, JSON.stringify(entries));
const entry = (name: string, changes: Record<string, unknown> = {}) => ({
  name,
  target: receiver.url,
  events: ["delivery"],
  ...changes,
});
const linesOf = (stack: Stack, name: string): Record<string, unknown>[] =>
  stack.api.logs.filter((line) => line["event"] === name);

test("API processes that start with the same file at the same time make each webhook once, and its events arrive", async () => {
  await write(...Array.from({ length: 10 }, (_, n) => entry(`webhook ${n}`)));
  const redisUrl = await freshDatabase();
  const all = await Promise.all([start(redisUrl), start(redisUrl, 1)]);
  expect(receiver.tests).toHaveLength(10);
  const applied = all.flatMap((stack) => linesOf(stack, "webhooks-file.applied"));
  const counts = applied.map(({ created, unchanged }) => [created, unchanged]);
  expect(counts).toHaveLength(2);
  expect(counts).toEqual(
    expect.arrayContaining([
      [10, 0],
      [0, 10],
    ]),
  );
  expect(all.flatMap((stack) => linesOf(stack, "definition.created"))).toHaveLength(10);
  await all[0]?.send([event(1)]);
  await waitFor("a batch for each webhook", () => receiver.batches.length === 10);
}, 60_000);

test("on SIGHUP a changed file is applied, and one with mistakes is told of and changes nothing", async () => {
  await write(entry("stays"), entry("changes"), entry("goes"));
  const stack = await start(await freshDatabase());
  const names = async () => {
    const { body } = await stack.call("GET", "/api/v1/webhooks");
    return (body["results"] as { name: string }[]).map(({ name }) => name).toSorted((a, b) => a.localeCompare(b));
  };

  await write(entry("stays"), entry("changes", { events: ["nonsense"] }), entry("stays"));
  await stack.api.kill("SIGHUP");
  const [refused] = await waitFor("the refusal", () => {
    const lines = linesOf(stack, "webhooks-file.refused");
    return lines.length > 0 && lines;
  });
  expect(refused).toMatchObject({
    level: "error",
    problems: [
      expect.stringContaining(`WEBHOOKS_FILE: ${file}: [2].name: `),
      expect.stringContaining("[1].events[0]: "),
    ],
  });
  expect(await names()).toEqual(["changes", "goes", "stays"]);

  await write(entry("stays"), entry("changes", { auth_token: "s3cret", events: ["bounce"] }), entry("comes"));
  await stack.api.kill("SIGHUP");
  await waitFor("the file being applied again", () => linesOf(stack, "webhooks-file.applied").length === 2);
  expect(await names()).toEqual(["changes", "comes", "stays"]);
  expect(linesOf(stack, "webhooks-file.applied")[1]).toMatchObject({
    created: 1,
    updated: 1,
    removed: 1,
    unchanged: 1,
  });
  expect(linesOf(stack, "definition.updated")).toEqual([
    expect.objectContaining({ name: "changes", fields: ["events", "auth_token"] }),
  ]);
  expect(linesOf(stack, "definition.removed")).toEqual([expect.objectContaining({ name: "goes" })]);
  expect(JSON.stringify(stack.api.logs)).not.toContain("s3cret");
}, 60_000);

test("a file with mistakes keeps the API from starting, and all of them are told", async () => {
  await write(entry("a", { events: ["nonsense"], target: "nowhere" }));
  const failure = await start(await freshDatabase()).then(
    () => "it started",
    (error: unknown) => String(error),
  );
  expect(failure).toContain("The configuration has 2 problem(s)");
  for (const place of ["[0].events[0]", "[0].target"]) expect(failure).toContain(`${file}: ${place}: `);
}, 60_000);
