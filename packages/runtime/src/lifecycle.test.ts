import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { waitFor } from "../../../test/support/wait-for.ts";

const PROGRAM = `
  import { createLog, run } from "@posthorn/runtime";
  const log = createLog("test", "info");
  let cutShort;
  const part = (name) => ({
    name,
    start: async () => {
      setInterval(() => undefined, 60_000);
      if (process.env.SLOW === name) {
        process.send("ready");
        await new Promise((resolve, reject) => (cutShort = reject));
      }
      if (process.env.REFUSING === name) {
        process.send("ready");
        throw new Error("cannot start");
      }
      log.info("started " + name);
    },
    stop: async (signal) => {
      log.info("stopping " + name);
      cutShort?.(new Error("stopped under its feet"));
      if (process.env.STUBBORN === name) await new Promise(() => undefined);
    },
    ...(process.env.RELOADING?.split(",").includes(name)
      ? {
          reload: async () => {
            log.info("reloading " + name);
            if (process.env.FAILING === name) throw new Error("cannot");
          },
        }
      : {}),
  });
  if (process.env.LATE === "yes") {
    process.send("ready");
    await new Promise((resolve) => process.once("disconnect", resolve));
  }
  try {
    await run([part("first"), part("second")], { log, shutdownTimeoutMs: Number(process.env.PATIENCE_MS) });
  } catch (error) {
    log.error(String(error));
    process.exit(1);
  }
  process.send("ready");
`;

interface Running {
  readonly child: ChildProcess;
  readonly events: () => readonly string[];
  readonly ended: Promise<number | null>;
}

async function start(env: Record<string, string> = {}): Promise<Running> {
  const child = fork(join(__dirname, "lifecycle.test.ts"), {
    execArgv: ["--conditions=posthorn-source", "--import", "tsx", "--input-type=module", "--eval", PROGRAM],
    env: { ...process.env, PATIENCE_MS: "60000", ...env },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  let output = "";
  child.stdout?.on("data", (part: Buffer) => (output += part.toString()));
  // Not "close", which a process whose channel we closed never reports.
  const written = new Promise((resolve) => child.stdout?.once("end", resolve));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const ended = written.then(() => exited);
  await new Promise((resolve) => child.once("message", resolve));
  const events = (): readonly string[] =>
    output
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
  return { child, events, ended };
}

test("a signal stops the parts in reverse order", async () => {
  const { child, events, ended } = await start();
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  const order = ["started first", "started second", "process.stopping", "stopping second", "stopping first"];
  expect(events()).toEqual([...order, "process.stopped"]);
}, 20_000);

test("a parent that is gone is a reason to stop, and a stubborn part delays the end by less than five seconds", async () => {
  const { child, ended } = await start({ STUBBORN: "second" });
  const sinceMs = performance.now();
  child.disconnect();
  expect(await ended).toBe(1);
  expect(performance.now() - sinceMs).toBeLessThan(5_000);
}, 20_000);

test("a parent that has gone before anything was started is a reason, too", async () => {
  const { child, events, ended } = await start({ LATE: "yes" });
  child.disconnect();
  expect(await ended).toBe(0);
  expect(events()).toEqual(["process.stopping", "process.stopped"]);
}, 20_000);

test("a second signal ends the patience, and a part whose stop hangs delays the end by a second", async () => {
  const { child, events, ended } = await start({ STUBBORN: "first" });
  child.kill("SIGTERM");
  await waitFor("the stop", () => events().includes("stopping first"));
  const sinceMs = performance.now();
  child.kill("SIGTERM");
  expect(await ended).toBe(1);
  expect(performance.now() - sinceMs).toBeLessThan(3_000);
}, 20_000);

test("two signals in the same moment are two", async () => {
  const { child, ended } = await start({ STUBBORN: "first" });
  child.kill("SIGTERM");
  child.kill("SIGINT");
  expect(await ended).toBe(1);
}, 20_000);

test("the time to stop is over after a while, by itself", async () => {
  const { child, events, ended } = await start({ STUBBORN: "second", PATIENCE_MS: "300" });
  child.kill("SIGTERM");
  expect(await ended).toBe(1);
  expect(events()).toEqual(["started first", "started second", "process.stopping", "stopping second"]);
}, 20_000);

test("a signal during the start stops what has begun, and nothing more is started", async () => {
  const { child, events, ended } = await start({ SLOW: "first" });
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(events().filter((name) => name !== "process.start-cut-short")).toEqual([
    "process.stopping",
    "stopping first",
    "process.stopped",
  ]);
}, 20_000);

test("what has started is stopped when a part cannot start, and the reason is told", async () => {
  const { events, ended } = await start({ REFUSING: "second" });
  expect(await ended).toBe(1);
  expect(events()).toEqual(["started first", "stopping second", "stopping first", "Error: cannot start"]);
}, 20_000);

describe("SIGHUP", () => {
  const reloads = (events: readonly string[]): readonly string[] => events.filter((name) => name.includes("reload"));

  test("reloads the parts that can be reloaded, each time, and one that cannot now keeps no other from it", async () => {
    const { child, events, ended } = await start({ RELOADING: "first,second", FAILING: "first" });
    const round = ["process.reloading", "reloading first", "part.reload-failed", "reloading second"];
    child.kill("SIGHUP");
    await waitFor("a reload", () => events().includes("reloading second"));
    child.kill("SIGHUP");
    await waitFor("another reload", () => reloads(events()).length === 8);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(reloads(events())).toEqual([...round, ...round]);
  }, 20_000);

  test("ends a process that has nothing to reload", async () => {
    const { child, events } = await start();
    child.kill("SIGHUP");
    await waitFor("the end", () => child.signalCode === "SIGHUP");
    expect(reloads(events())).toEqual([]);
  }, 20_000);
});
