import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultUrl } from "../../packages/cli/src/client/api-url.ts";
import { checkedFetch } from "../support/checked-fetch.ts";
import { freePort } from "../support/free-port.ts";
import { DocumentViolation } from "../support/openapi.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisServer } from "../support/redis-server.ts";
import { event } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const START = join(__dirname, "../../packages/cli/bin/start.mjs");
const NAMES = {
  redis: "redis-server 127.0.0.1:",
  api: "services/api/dist/main.js",
  worker: "services/worker/dist/main.js",
};

/** `npm start` on a data folder and ports of its own. */
class Launcher {
  output = "";
  readonly env: Record<string, string>;
  readonly process: ChildProcess;

  constructor(env: Record<string, string>) {
    this.env = env;
    this.process = spawn(process.execPath, [START], {
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on("data", (part: Buffer) => (this.output += part.toString()));
    }
  }

  async ready(): Promise<void> {
    await waitFor(
      "Posthorn is ready",
      () => {
        if (this.ended()) throw new Error(`the launcher ended: ${this.output}`);
        return this.output.includes("Posthorn is ready");
      },
      60_000,
    );
  }

  ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Resolves to its exit code, or the signal that ended it. */
  async end(): Promise<number | string | null> {
    await waitFor("the launcher's end", () => this.ended(), 40_000);
    return this.process.exitCode ?? this.process.signalCode;
  }

  /** The process of one part, told by its command line. */
  pid(part: keyof typeof NAMES): number | undefined {
    return processesOf(this.env["DATA_DIR"] ?? "").find(({ command }) => command.includes(NAMES[part]))?.pid;
  }

  async call(method: string, path: string, body?: unknown): Promise<number> {
    const key = (await readFile(join(this.env["DATA_DIR"] ?? "", "api-key"), "utf8")).trim();
    const answer = await checkedFetch(`http://127.0.0.1:${this.env["PORT"]}`, path, {
      method,
      headers: { authorization: key, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    }).catch((error: unknown) => {
      if (error instanceof DocumentViolation) throw error;
      // Nobody answers.
      return undefined;
    });
    return answer?.status ?? 0;
  }
}

/** Every process that has this data folder in its environment, and its Redis, whose title hides the environment. */
function processesOf(dataDir: string): readonly { readonly pid: number; readonly command: string }[] {
  const redisPort = readIfThere(join(dataDir, "redis-port")).trim();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = readIfThere(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
      const isOurs =
        readIfThere(`/proc/${pid}/environ`).split("\0").includes(`DATA_DIR=${dataDir}`) ||
        (redisPort !== "" && command.endsWith(`${NAMES.redis}${redisPort}`));
      return isOurs && command !== "" ? [{ pid: Number(pid), command }] : [];
    });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const launchers: Launcher[] = [];
let base: string;
let receiver: Receiver;

async function start(changes: Record<string, string> = {}): Promise<Launcher> {
  const [port, workerPort] = await Promise.all([freePort(), freePort()]);
  const dataDir = join(base, "data");
  const env = { DATA_DIR: dataDir, PORT: String(port), WORKER_PORT: String(workerPort), BATCH_MAX_WAIT: "300ms" };
  const launcher = new Launcher({ ...env, ...changes });
  launchers.push(launcher);
  return launcher;
}

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "posthorn-launcher-"));
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const launcher of launchers.splice(0)) launcher.process.kill("SIGKILL");
  for (const name of readdirSync(base)) {
    await waitFor("no process left", () => processesOf(join(base, name)).length === 0, 10_000);
  }
  await receiver.close();
  await rm(base, { recursive: true, force: true });
});

const webhook = (): unknown => ({ name: "test", target: receiver.url, events: ["delivery"] });

// What runs under the launcher is found in /proc.
const onLinux = process.platform === "linux" ? test : test.skip;

onLinux(
  "npm start serves, stops in order on SIGTERM, and has kept everything at the next start",
  async () => {
    const first = await start();
    await first.ready();
    expect(first.output).toContain(`http://127.0.0.1:${first.env["PORT"]}`);
    expect(first.output).toContain(`API key: in ${first.env["DATA_DIR"]}/api-key`);
    expect(first.output).not.toContain(await readFile(join(first.env["DATA_DIR"] ?? "", "api-key"), "utf8"));
    expect(await first.call("POST", "/api/v1/webhooks", webhook())).toBe(200);

    // A command in another terminal finds it, and does not look for it there any more when it has gone.
    const elsewhere = { DATA_DIR: first.env["DATA_DIR"] };
    expect(await defaultUrl(elsewhere)).toBe(`http://127.0.0.1:${first.env["PORT"]}`);

    first.process.kill("SIGTERM");
    expect(await first.end()).toBe(0);
    expect(await defaultUrl(elsewhere)).toBe("http://127.0.0.1:8080");
    expect(readdirSync(first.env["DATA_DIR"] ?? "")).not.toContain("url");
    const stopped = [...first.output.matchAll(/"service":"(\w+)".*"process.stopped"|(Redis is now ready to exit)/g)];
    expect(stopped.map(([, service, redis]) => service ?? redis)).toEqual([
      "api",
      "worker",
      "Redis is now ready to exit",
    ]);
    expect(processesOf(first.env["DATA_DIR"] ?? "")).toEqual([]);

    const second = await start();
    await second.ready();
    expect(await second.call("POST", "/api/v1/events", [event(1)])).toBe(200);
    await waitFor("the batch", () => receiver.batches.length === 1);
  },
  120_000,
);

onLinux(
  "a killed worker, API or Redis is started again, and events flow on",
  async () => {
    const launcher = await start();
    await launcher.ready();
    expect(await launcher.call("POST", "/api/v1/webhooks", webhook())).toBe(200);
    let sent = 0;
    for (const part of ["worker", "api", "redis"] as const) {
      const pid = launcher.pid(part) ?? 0;
      expect(pid).toBeGreaterThan(0);
      process.kill(pid, "SIGKILL");
      await waitFor(`another ${part}`, () => ![undefined, pid].includes(launcher.pid(part)), 5_000);
      sent += 1;
      const body = [event(sent)];
      await waitFor("the API's 200", async () => (await launcher.call("POST", "/api/v1/events", body)) === 200, 15_000);
      await waitFor(`batch ${sent}`, () => receiver.batches.length >= sent, 20_000);
    }
  },
  120_000,
);

onLinux(
  "when the launcher is killed, its children end within five seconds, and the next start takes over at once",
  async () => {
    const first = await start();
    await first.ready();
    const dataDir = first.env["DATA_DIR"] ?? "";
    expect(processesOf(dataDir)).toHaveLength(5);
    first.process.kill("SIGKILL");
    await waitFor("no process left", () => processesOf(dataDir).length === 0, 5_000);
    const second = await start(first.env);
    await second.ready();
    second.process.kill("SIGKILL");
    const third = await start(first.env);
    await third.ready();
  },
  120_000,
);

onLinux(
  "a Redis whose keeper was killed is stopped before another works on its files",
  async () => {
    const launcher = await start();
    await launcher.ready();
    const redis = launcher.pid("redis");
    const keeper = processesOf(launcher.env["DATA_DIR"] ?? "").find(({ command }) => command.includes("keep-redis"));
    process.kill(keeper?.pid ?? 0, "SIGKILL");
    await waitFor("another Redis", () => ![undefined, redis].includes(launcher.pid("redis")), 10_000);
    await waitFor("readiness", async () => (await launcher.call("GET", "/readyz")) === 200, 15_000);
  },
  60_000,
);

test("a second start on one data folder is refused and names the process that holds it", async () => {
  const first = await start();
  await first.ready();
  const second = await start();
  expect(await second.end()).toBe(1);
  expect(second.output).toMatch(new RegExp(`process ${first.process.pid} runs Posthorn on ${first.env["DATA_DIR"]}`));
}, 60_000);

test.each(["PORT", "WORKER_PORT"])(
  "a %s that is taken is said before anything starts",
  async (variable) => {
    const port = await freePort();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
    const launcher = await start({ [variable]: String(port) });
    expect(await launcher.end()).toBe(1);
    await new Promise((resolve) => holder.close(resolve));
    expect(launcher.output).toContain(`${variable} ${port} on 127.0.0.1 is taken`);
    expect(launcher.output).not.toContain("Redis");
  },
  60_000,
);

test("all configuration errors are listed", async () => {
  const launcher = await start({ PORT: "http", RETRY_EXPIRY: "soon" });
  expect(await launcher.end()).toBe(1);
  expect(launcher.output).toMatch(/PORT="http"/);
  expect(launcher.output).toMatch(/RETRY_EXPIRY="soon"/);
}, 60_000);

test("a given Redis that evicts or is away is refused, and one that keeps nothing is warned about", async () => {
  const away = await start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  expect(await away.end()).toBe(1);
  expect(away.output).toMatch(/cannot be reached .*correct REDIS_URL/);

  const evicting = await startRedisServer(["--maxmemory-policy", "allkeys-lru"]);
  const refused = await start({ REDIS_URL: evicting.url });
  expect(await refused.end()).toBe(1);
  await evicting.remove();
  expect(refused.output).toMatch(/maxmemory-policy allkeys-lru.*noeviction/);

  const forgetful = await startRedisServer(["--appendonly", "no"]);
  const warned = await start({ REDIS_URL: forgetful.url });
  await warned.ready();
  warned.process.kill("SIGTERM");
  expect(await warned.end()).toBe(0);
  await forgetful.remove();
  expect(warned.output).toMatch(/WARNING: NOTHING IS KEPT ON DISK.*acknowledged events are lost/);
}, 90_000);
