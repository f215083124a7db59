import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadApiConfig, loadWorkerConfig } from "./config.ts";
import { ConfigError } from "./env-reader.ts";

const REQUIRED = {
  REDIS_URL: "redis://127.0.0.1:6379",
  POSTHORN_SECRET: "a secret for tests",
  POSTHORN_API_KEY: "a-key-for-tests-only",
};

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test("what is not set has its documented default", () => {
  expect(loadApiConfig(REQUIRED)).toMatchObject({ port: 8080, host: "127.0.0.1", batchMaxEvents: 10_000 });
  expect(loadWorkerConfig(REQUIRED)).toMatchObject({
    workerPort: 8081,
    deliveryTimeoutMs: 6_000,
    retryScheduleMs: [60_000, 300_000, 1_800_000, 3_600_000],
    retryExpiryMs: 4 * 3_600_000,
    shutdownTimeoutMs: 15_000,
    targetAllow: { everything: false, ranges: [], hosts: [], suffixes: [] },
    targetPorts: "any",
  });
});

test("REDIS_URL names one Redis, Sentinels or a Cluster, and there are more partitions in a Cluster", () => {
  const of = (url: string) => loadApiConfig({ ...REQUIRED, REDIS_URL: url });
  expect(of("redis://r:1")).toMatchObject({ redis: "redis://r:1", partitions: 1 });
  expect(of("redis+sentinel://s/m")).toMatchObject({ redis: { kind: "sentinel", master: "m" }, partitions: 1 });
  expect(of("redis+cluster://a,b")).toMatchObject({ redis: { kind: "cluster" }, partitions: 16 });
  expect(loadWorkerConfig({ ...REQUIRED, REDIS_URL: "redis+cluster://a" }).redis).toMatchObject({ kind: "cluster" });
  expect(problemsOf(() => of("redis+sentinel://s:x"))).toEqual([
    expect.stringContaining("REDIS_URL names no master"),
    expect.stringContaining("REDIS_URL has no host:port"),
  ]);
});

test("an empty value counts as unset", () => {
  expect(loadApiConfig({ ...REQUIRED, PORT: "", BATCH_MAX_WAIT: " " })).toEqual(loadApiConfig(REQUIRED));
});

test("all problems are listed at once, each with its variable", () => {
  const problems = problemsOf(() =>
    loadWorkerConfig({
      REDIS_URL: "http://r",
      DELIVERY_TIMEOUT: "6",
      RETRY_SCHEDULE: "1m,soon",
      WORKER_CONCURRENCY: "1",
      TARGET_ALLOW: "10.0.0.0/33,::1,nobody:80",
      TARGET_PORTS: "443,http",
    }),
  );
  const once = ["REDIS_URL", "POSTHORN_SECRET", "DELIVERY_TIMEOUT", "RETRY_SCHEDULE", "WORKER_CONCURRENCY"];
  for (const name of [...once, "TARGET_PORTS"]) {
    expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
  }
  expect(problems.filter((problem) => problem.startsWith("TARGET_ALLOW: "))).toHaveLength(2);
  expect(problems).toHaveLength(8);
});

test("a malformed value is never its default", () => {
  for (const value of ["10", "ten mb", "-1mb", "0kb", "1e3mb"]) {
    expect(problemsOf(() => loadApiConfig({ ...REQUIRED, BATCH_MAX_BYTES: value }))).toEqual([
      expect.stringContaining(`BATCH_MAX_BYTES="${value}"`),
    ]);
  }
});

test("DURABILITY names what is waited for, in both services", () => {
  for (const load of [loadApiConfig, loadWorkerConfig]) {
    expect(load(REQUIRED).durability).toEqual({ kind: "as-found" });
    expect(load({ ...REQUIRED, DURABILITY: "fsync" }).durability).toEqual({ kind: "fsync" });
    expect(load({ ...REQUIRED, DURABILITY: "replica:2" }).durability).toEqual({ kind: "replica", replicas: 2 });
    for (const value of ["replica", "replica:0", "replica:-1", "replica:1.5", "fsync:1", "always"]) {
      expect(problemsOf(() => load({ ...REQUIRED, DURABILITY: value }))).toEqual([
        `DURABILITY="${value}" is not fsync or replica:<number of replicas>`,
      ]);
    }
  }
});

test("a secret may lie in a file; one given in the environment goes before it", () => {
  const dir = mkdtempSync(join(tmpdir(), "posthorn-config-"));
  const file = join(dir, "key");
  writeFileSync(file, "a-key-out-of-a-file\n");
  const { POSTHORN_API_KEY: _, ...others } = REQUIRED;
  expect(loadApiConfig({ ...others, POSTHORN_API_KEY_FILE: file }).apiKey).toBe("a-key-out-of-a-file");
  expect(loadApiConfig({ ...REQUIRED, POSTHORN_API_KEY_FILE: file }).apiKey).toBe(REQUIRED.POSTHORN_API_KEY);
  writeFileSync(file, "\n");
  expect(problemsOf(() => loadApiConfig({ ...others, POSTHORN_API_KEY_FILE: file }))[0]).toContain("is empty");
  rmSync(dir, { recursive: true });
  expect(problemsOf(() => loadApiConfig({ ...others, POSTHORN_API_KEY_FILE: file }))[0]).toContain("cannot be read");
});

test("the previous secret is optional, and may lie in a file too", () => {
  for (const load of [loadApiConfig, loadWorkerConfig]) {
    expect(load(REQUIRED).secretPrevious).toBeUndefined();
    expect(load({ ...REQUIRED, POSTHORN_SECRET_PREVIOUS: "the old one" }).secretPrevious).toBe("the old one");
    const problems = problemsOf(() => load({ ...REQUIRED, POSTHORN_SECRET_PREVIOUS_FILE: "/nowhere/secret" }));
    expect(problems).toEqual([
      expect.stringContaining("POSTHORN_SECRET_PREVIOUS_FILE: /nowhere/secret cannot be read"),
    ]);
  }
});

test("EGRESS_PROXY is a URL without a path, and a wrong one is not shown, since it may hold a password", () => {
  for (const load of [loadApiConfig, loadWorkerConfig]) {
    expect(load(REQUIRED).egressProxy).toBeUndefined();
    for (const url of ["http://proxy:3128", "https://us3r:pa55@proxy.example/", "http://[::1]:3128"]) {
      expect(load({ ...REQUIRED, EGRESS_PROXY: url }).egressProxy).toBe(url);
    }
    for (const url of [
      "us3r:pa55@proxy:3128",
      "socks5://us3r:pa55@proxy",
      "http://us3r:pa55@proxy/a",
      "http://us3r:pa55@",
    ]) {
      expect(problemsOf(() => load({ ...REQUIRED, EGRESS_PROXY: url }))).toEqual([
        "EGRESS_PROXY is not a URL such as http://user:password@proxy:3128",
      ]);
    }
  }
});

test("NOTIFY_URL is any http or https URL, its token or its user goes along, and a wrong one is not shown", () => {
  for (const load of [loadApiConfig, loadWorkerConfig]) {
    const notify = (url: string, token?: string) => load({ ...REQUIRED, NOTIFY_URL: url, NOTIFY_TOKEN: token }).notify;
    expect(load(REQUIRED).notify).toBeUndefined();
    expect(notify("http://10.0.0.1/hook?a=b", "t0ken")).toEqual({
      url: "http://10.0.0.1/hook?a=b",
      authorization: "Bearer t0ken",
    });
    const basic = `Basic ${Buffer.from("ada:p@ss").toString("base64")}`;
    expect(notify("https://ada:p%40ss@chat.example/x")).toEqual({
      url: "https://chat.example/x",
      authorization: basic,
    });
    for (const url of ["ftp://us3r:pa55@chat", "chat.example/pa55", "http://"]) {
      expect(problemsOf(() => notify(url))).toEqual([
        "NOTIFY_URL is not a URL such as https://chat.example.com/hooks/abc",
      ]);
    }
    expect(problemsOf(() => load({ ...REQUIRED, NOTIFY_TOKEN: "t0ken" }))).toEqual([
      "NOTIFY_TOKEN is set without NOTIFY_URL: set that too, or unset both",
    ]);
  }
});

test("OpenTelemetry's variables turn tracing on, and what Posthorn cannot do is refused", () => {
  for (const load of [loadApiConfig, loadWorkerConfig]) {
    const tracing = (env: Record<string, string>) => load({ ...REQUIRED, ...env }).tracing;
    expect(tracing({})).toBeUndefined();
    const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318";
    expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT })?.url).toBe("http://collector:4318/v1/traces");
    expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: "true" })).toBeUndefined();
    expect(problemsOf(() => tracing({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }))).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL="grpc" is not one of http/protobuf, http/json',
    ]);
    expect(problemsOf(() => tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317", TRACE_TARGETS: "yes" }))).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT="collector:4317" is not an http(s) URL such as http://collector:4318',
      'TRACE_TARGETS="yes" is not one of true, false',
    ]);
  }
});

test(".env.example holds the defaults", () => {
  const text = readFileSync(join(__dirname, "../../../.env.example"), "utf8");
  const entries = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const example = Object.fromEntries(entries.map((line) => line.split("=", 2) as [string, string]));
  const env = { ...example, ...REQUIRED };
  expect(loadApiConfig(env)).toEqual(loadApiConfig(REQUIRED));
  expect(loadWorkerConfig(env)).toEqual(loadWorkerConfig(REQUIRED));
});
