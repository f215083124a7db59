import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createKeys } from "../../store/src/keys.ts";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { startRedisCluster } from "../../../test/support/engines/redis-cluster.ts";
import { startRedisServer } from "../../../test/support/redis-server.ts";
import type { RedisServer } from "../../../test/support/redis-server.ts";
import { event } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { TestWorker } from "../../../test/support/worker.ts";
import { main } from "./doctor.ts";
import type { Finding } from "./doctor/finding.ts";

const { definitions, partition } = createKeys("posthorn");

let server: RedisServer | undefined;
let api: TestApi | undefined;
let worker: TestWorker | undefined;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "posthorn-doctor-"));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await worker?.stop();
  await api?.stop();
  await server?.remove();
  [server, api, worker] = [undefined, undefined, undefined];
  await rm(dir, { recursive: true, force: true });
});

interface Examined {
  readonly code: number;
  readonly text: string;
}

async function doctor(argv: readonly string[], env: Record<string, string>): Promise<Examined> {
  const lines: string[] = [];
  for (const name of ["log", "error"] as const) {
    jest.spyOn(console, name).mockImplementation((...told: unknown[]) => void lines.push(told.join(" ")));
  }
  const code = await main(argv, { DATA_DIR: dir, ...env });
  jest.restoreAllMocks();
  return { code, text: lines.join("\n") };
}

function environmentOf(redisUrl: string, changes: Record<string, string> = {}): Record<string, string> {
  return {
    REDIS_URL: redisUrl,
    POSTHORN_SECRET: "a secret for tests",
    POSTHORN_API_KEY: "a-key-for-tests-only",
    ...changes,
  };
}

/** What is not as it should be, by its check; everything when `level` is given. */
async function findings(env: Record<string, string>): Promise<ReadonlyMap<string, Finding>> {
  const { text } = await doctor(["--json"], env);
  const found = (JSON.parse(text) as { findings: Finding[] }).findings;
  return new Map(found.filter(({ level }) => level !== "ok").map((finding) => [finding.check, finding]));
}

const withRedis = async <T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
};

test("all is well with a Redis, processes and folders as they should be", async () => {
  server = await startRedisServer(["--maxmemory", "64mb"]);
  const archive = join(dir, "archive");
  await mkdir(archive, { mode: 0o700 });
  api = await startApi(server.url);
  worker = await startWorker(server.url, { ARCHIVE_DIR: archive });
  const receiver = await startReceiver();
  await api.request("POST", "/api/v1/webhooks", {
    json: { name: "CRM", target: receiver.url, events: ["delivery"] },
  });
  const { url } = server;
  const isThere = (key: string): Promise<boolean> => withRedis(url, async (redis) => (await redis.exists(key)) === 1);
  await waitFor("the first sweep", () => isThere(definitions.swept), 15_000);
  await waitFor("files being written", () => isThere(partition(0).archiver), 15_000);
  const { code, text } = await doctor([], environmentOf(server.url, { ARCHIVE_DIR: archive }));
  await receiver.close();
  expect(text.split("\n").filter((line) => !line.startsWith("ok ") && !/are free on the disk/.test(line))).toEqual([
    "All is well.",
  ]);
  expect(code).toBe(0);
  for (const said of [/1 API process live/, /1 worker live/, /survives a crash of Redis/, /POSTHORN_SECRET opens/]) {
    expect(text).toMatch(said);
  }
});

test("a Redis that would lose events is told of, setting by setting, with what to change", async () => {
  const settings = {
    appendfsync: "everysec",
    "no-appendfsync-on-rewrite": "yes",
    maxmemory: "40mb",
    "maxmemory-policy": "allkeys-lru",
  };
  server = await startRedisServer(Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]));
  const found = await findings(environmentOf(server.url, { DURABILITY: "replica:2" }));
  expect([...found.keys()]).toEqual(
    expect.arrayContaining(["appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy", "write", "api", "workers"]),
  );
  expect(found.get("maxmemory-policy")).toMatchObject({
    level: "problem",
    advice: expect.stringContaining("CONFIG SET maxmemory-policy noeviction"),
  });
  expect(found.get("appendfsync")).toMatchObject({
    level: "warning",
    advice: expect.stringContaining("CONFIG SET appendfsync always"),
  });
  expect(found.get("write")?.text).toMatch(/does not confirm a write within 2 s/);

  await withRedis(server.url, (redis) => redis.config("SET", "appendonly", "no"));
  expect((await findings(environmentOf(server.url))).get("appendonly")?.text).toMatch(/keeps nothing on disk/);
  const { code, text } = await doctor([], environmentOf(server.url));
  expect(code).toBe(1);
  expect(text).toMatch(
    /problem {2}(?:Redis|Valkey) .+ keeps nothing on disk: all is lost when it stops\n +→ CONFIG SET appendonly yes/,
  );
});

test("a Redis that is full, without a limit, or away is told of", async () => {
  server = await startRedisServer();
  const { url } = server;
  expect((await findings(environmentOf(url))).get("maxmemory")?.level).toBe("warning");
  await withRedis(url, async (redis) => {
    await redis.set("ballast", "x".repeat(3_000_000));
    await redis.config("SET", "maxmemory", "3mb");
  });
  const found = await findings(environmentOf(url));
  expect(found.get("memory")?.level).toBe("problem");
  expect(found.get("write")?.text).toMatch(/refuses a write: OOM/);
  await server.kill("SIGKILL");
  const away = await findings(environmentOf(`${url.replace("//", "//user:secret@")}/3`));
  expect(away.get("redis-reachable")).toMatchObject({
    level: "problem",
    text: expect.stringContaining("ECONNREFUSED"),
  });
  expect(JSON.stringify([...away.values()])).not.toContain("secret@");
});

test("another secret, another layout and a mixture of releases are told of", async () => {
  server = await startRedisServer(["--maxmemory", "64mb"]);
  await withRedis(server.url, async (redis) => {
    await redis.set(definitions.secretCheck, "of another secret");
    await redis.set(definitions.layout, "99");
    const now = Date.now();
    await redis.zadd(definitions.workers, now, "one@0.0.1", now, "two@0.0.2");
    await redis.zadd(definitions.processes, now, "three@0.0.2");
    await redis.hset(definitions.pause, "rv", 1, "at", now);
  });
  const found = await findings(environmentOf(server.url));
  expect([...found.keys()].toSorted()).toEqual(["layout", "paused", "releases", "secret", "sweep"]);
  expect(found.get("releases")?.text).toMatch(/0\.0\.1, 0\.0\.2/);
});

test("webhooks that fail are named, and what is stuck behind a full archive", async () => {
  server = await startRedisServer(["--maxmemory", "64mb"]);
  const receiver = await startReceiver();
  receiver.answerWith(() => ({ status: 500 }));
  api = await startApi(server.url, { BATCH_MAX_EVENTS: "1" });
  worker = await startWorker(server.url, { BATCH_MAX_EVENTS: "1" });
  await api.request("POST", "/api/v1/webhooks", { json: { name: "CRM", target: receiver.url, events: ["delivery"] } });
  await api.request("POST", "/api/v1/events", { json: [1, 2, 3].map((n) => event(n)) });
  const archive = join(dir, "archive");
  await mkdir(archive);
  await writeFile(join(archive, "notes"), "");
  const env = environmentOf(server.url, { ARCHIVE_DIR: archive, ARCHIVE_MAX_FILES: "1" });
  await waitFor("it to fail", async () => (await findings(env)).has("failing"));
  const found = await findings(env);
  expect(found.get("failing")?.text).toMatch(/^1 webhook failing: CRM for \d+s$/);
  expect(found.get("archive")?.text).toMatch(/no worker writes files/);
  await rm(archive, { recursive: true });
  expect((await findings(env)).get("archive-dir")?.text).toMatch(/cannot be read \(ENOENT\)/);
  await receiver.close();
});

test("every problem of the configuration is told, and where nothing tells of a Redis, what to give", async () => {
  const found = await doctor([], environmentOf("http://r", { RETRY_SCHEDULE: "soon", WORKER_CONCURRENCY: "1" }));
  expect(found.code).toBe(1);
  expect(found.text).toMatch(/REDIS_URL .*\n.*\n.*RETRY_SCHEDULE="soon".*\n.*\n.*WORKER_CONCURRENCY="1"/s);
  const { code, text } = await doctor([], {});
  expect(code).toBe(1);
  expect(text).toMatch(/REDIS_URL is not set.*give the DATA_DIR of npm start/s);
});

test("what npm start has made in DATA_DIR is found, and that it is for its owner alone", async () => {
  server = await startRedisServer(["--maxmemory", "64mb"]);
  await writeFile(join(dir, "redis-port"), `${server.port}\n`);
  await writeFile(join(dir, "api-key"), "ph_a-key-for-tests-only\n");
  await writeFile(join(dir, "secret"), "a secret for tests\n");
  await chmod(dir, 0o755);
  const found = await findings({});
  expect(found.has("configuration")).toBe(false);
  expect(found.has("redis-reachable")).toBe(false);
  expect(found.get("data-dir-mode")?.advice).toBe(`chmod 700 ${dir}`);
});

test("each master of a Cluster is examined, and one that is away is named", async () => {
  const cluster = await startRedisCluster({ masters: 3, replicasEach: 0, settings: ["--maxmemory", "32mb"] });
  try {
    api = await startApi(cluster.url);
    expect([...(await findings(environmentOf(cluster.url))).keys()]).toEqual(["workers"]);
    const { text } = await doctor([], environmentOf(cluster.url));
    for (const { port } of cluster.nodes)
      expect(text).toMatch(new RegExp(`A write to (?:Redis|Valkey) .+ at .*:${port}`));
    const home = await cluster.masterOf(definitions.version);
    const other = cluster.nodes.find(({ port }) => port !== home.port);
    await other?.kill("SIGKILL");
    // The others find that out by themselves, within two seconds here.
    const told = async (): Promise<string> =>
      [...(await findings(environmentOf(cluster.url))).values()].map(({ text: found }) => found).join();
    await waitFor("it being told", async () => /of 16,?384 (of the Cluster's )?slots/.test(await told()), 30_000);
    expect(await told()).toMatch(/ECONNREFUSED|does not answer/);
  } finally {
    await api?.stop();
    api = undefined;
    await cluster.remove();
  }
}, 60_000);

test("an option that is not there is refused", async () => {
  expect(await doctor(["--yaml"], {})).toMatchObject({ code: 2, text: expect.stringContaining("--help lists") });
});
