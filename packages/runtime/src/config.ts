import type { Durability } from "./durability.ts";
import { parseDurability } from "./durability.ts";
import { EnvReader } from "./env-reader.ts";
import type { Env } from "./env-reader.ts";
import { isProxyUrl } from "./egress-proxy.ts";
import { parseNotifyTarget } from "./notify-target.ts";
import type { NotifyTarget } from "./notify-target.ts";
import { parseDurationMs } from "./quantities.ts";
import { parseRedisAddress } from "./redis-address.ts";
import type { RedisAddress } from "./redis-address.ts";
import { isHttpUrl, OTLP_PROTOCOLS, tracingConfig } from "./tracing/tracing-config.ts";
import type { OtlpProtocol, TracingConfig } from "./tracing/tracing-config.ts";
import { passwordsIn } from "./scrub.ts";
import { parseTargetAllow, parseTargetPorts } from "./targets.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const AS_FOUND: Durability = { kind: "as-found" };

function readShared(reader: EnvReader) {
  return {
    redis: readRedis(reader),
    secret: reader.secret("POSTHORN_SECRET", "give any long random text; the same for every process"),
    secretPrevious: reader.optionalSecret("POSTHORN_SECRET_PREVIOUS", "give the secret before this one, or unset it"),
    logLevel: reader.choice("LOG_LEVEL", "info", LOG_LEVELS),
    userAgent: reader.optional("USER_AGENT") ?? `Posthorn/${VERSION}`,
    deliveryTimeoutMs: reader.durationMs("DELIVERY_TIMEOUT", 6_000),
    targetAllow: reader.list("TARGET_ALLOW", parseTargetAllow),
    targetPorts: reader.list("TARGET_PORTS", parseTargetPorts),
    egressProxy: readEgressProxy(reader),
    batchMaxEvents: reader.integer("BATCH_MAX_EVENTS", 10_000, 1, 1_000_000),
    batchMaxWaitMs: reader.durationMs("BATCH_MAX_WAIT", 30_000),
    batchMaxBytes: reader.bytes("BATCH_MAX_BYTES", 10 * 1024 ** 2),
    retryExpiryMs: reader.durationMs("RETRY_EXPIRY", 4 * 3_600_000),
    probeIntervalMaxMs: reader.durationMs("PROBE_INTERVAL_MAX", 5 * 60_000),
    backlogMaxBytes: reader.optionalBytes("BACKLOG_MAX_BYTES"),
    webhookBacklogMaxBytes: reader.optionalBytes("WEBHOOK_BACKLOG_MAX_BYTES"),
    webhookConcurrency: reader.integer("WEBHOOK_CONCURRENCY", 4, 1, 1_000),
    notify: readNotify(reader),
    tracing: readTracing(reader),
    traceTargets: reader.flag("TRACE_TARGETS"),
    durability: reader.read("DURABILITY", AS_FOUND, "fsync or replica:<number of replicas>", parseDurability),
  };
}

function readRedis(reader: EnvReader): RedisAddress {
  const text = reader.required("REDIS_URL", "give the address of a Redis, e.g. redis://127.0.0.1:6379");
  reader.secrets.push(...passwordsIn(text));
  const parsed = parseRedisAddress(text);
  if (parsed.kind === "address") return parsed.address;
  if (text !== "") reader.problems.push(...parsed.problems.map((problem) => `REDIS_URL ${problem}`));
  return text;
}

/** In a Cluster webhooks are spread over its masters, more than one share each, so that shares can move. */
const PARTITIONS_IN_CLUSTER = 16;

function defaultPartitions(redis: RedisAddress): number {
  return typeof redis !== "string" && redis.kind === "cluster" ? PARTITIONS_IN_CLUSTER : 1;
}

const DEFAULT_SCHEDULE_MS: readonly number[] = [60_000, 300_000, 1_800_000, 3_600_000];

function readSchedule(reader: EnvReader): readonly number[] {
  return reader.read("RETRY_SCHEDULE", DEFAULT_SCHEDULE_MS, "a list of durations such as 1m,5m,30m,60m", (text) => {
    const delays = text.split(",").map((part) => parseDurationMs(part) ?? 0);
    return delays.every((delay) => delay >= 1) ? delays : undefined;
  });
}

/** What the API process is configured with; see the table in README. */
export function loadApiConfig(env: Env) {
  const reader = new EnvReader(env);
  const shared = readShared(reader);
  const apiKey = reader.secret("POSTHORN_API_KEY", "give the bootstrap key, at least 16 characters");
  if (apiKey !== "" && apiKey.length < 16) {
    reader.problems.push("POSTHORN_API_KEY is shorter than 16 characters: use a longer random text");
  }
  return reader.finish({
    ...shared,
    apiKey,
    port: reader.integer("PORT", 8080, 0, 65_535),
    host: reader.optional("HOST") ?? "127.0.0.1",
    publicUrl: readPublicUrl(reader),
    trustProxy: reader.optional("TRUST_PROXY"),
    activationMaxMs: reader.durationMs("ACTIVATION_MAX", 2_000),
    eventsMaxBodyBytes: reader.bytes("EVENTS_MAX_BODY", 32 * 1024 ** 2),
    ingestMaxInflightBytes: reader.bytes("INGEST_MAX_INFLIGHT", 256 * 1024 ** 2),
    idempotencyWindowMs: reader.durationMs("IDEMPOTENCY_WINDOW", 3_600_000, 1_000),
    partitions: reader.integer("PARTITIONS", defaultPartitions(shared.redis), 1, 256),
    metricsToken: reader.confide(reader.optional("METRICS_TOKEN")),
    metricsWebhooks: reader.integer("METRICS_WEBHOOKS", 100, 0, 10_000),
    eventTypesFile: reader.optional("EVENT_TYPES_FILE"),
    webhooksFile: reader.optional("WEBHOOKS_FILE"),
    queueBoard: reader.flag("QUEUE_BOARD"),
    apiRateLimit: reader.integer("API_RATE_LIMIT", 100, 0, 1_000_000),
    shutdownTimeoutMs: readShutdownTimeout(reader, shared.deliveryTimeoutMs),
  });
}
export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** What a worker process is configured with; see the table in README. */
export function loadWorkerConfig(env: Env) {
  const reader = new EnvReader(env);
  const shared = readShared(reader);
  return reader.finish({
    ...shared,
    workerPort: reader.integer("WORKER_PORT", 8081, 0, 65_535),
    host: reader.optional("HOST") ?? "127.0.0.1",
    retryScheduleMs: readSchedule(reader),
    archive: readArchive(reader),
    workerConcurrency: reader.integer("WORKER_CONCURRENCY", 100, 2, 10_000),
    metricsToken: reader.confide(reader.optional("METRICS_TOKEN")),
    shutdownTimeoutMs: readShutdownTimeout(reader, shared.deliveryTimeoutMs),
  });
}
export type WorkerConfig = ReturnType<typeof loadWorkerConfig>;

/** Where workers write files of what is given up, and what is kept there. */
export interface ArchiveSettings {
  readonly dir: string;
  readonly keepMs: number;
  readonly maxFiles: number;
}

function readArchive(reader: EnvReader): ArchiveSettings | undefined {
  const dir = reader.optional("ARCHIVE_DIR");
  const keepMs = reader.durationMs("ARCHIVE_KEEP", 30 * 86_400_000);
  const maxFiles = reader.integer("ARCHIVE_MAX_FILES", 10_000, 1, 10_000_000);
  return dir === undefined ? undefined : { dir, keepMs, maxFiles };
}

function readNotify(reader: EnvReader): NotifyTarget | undefined {
  const url = reader.optionalSecret("NOTIFY_URL", "give the URL that notices are POSTed to, or unset it");
  const token = reader.optionalSecret("NOTIFY_TOKEN", "give the token that goes with NOTIFY_URL, or unset it");
  if (url === undefined) {
    if (token !== undefined)
      reader.problems.push("NOTIFY_TOKEN is set without NOTIFY_URL: set that too, or unset both");
    return undefined;
  }
  // The text is not repeated, since it may be a secret.
  const target = parseNotifyTarget(url, token);
  if (target === undefined) reader.problems.push("NOTIFY_URL is not a URL such as https://chat.example.com/hooks/abc");
  return target;
}

function readTracing(reader: EnvReader): TracingConfig | undefined {
  const url = (name: string): string | undefined =>
    reader.read<string | undefined>(name, undefined, "an http(s) URL such as http://collector:4318", (text) =>
      isHttpUrl(text) ? text : undefined,
    );
  const protocol = (name: string) =>
    reader.read<OtlpProtocol | undefined>(name, undefined, `one of ${OTLP_PROTOCOLS.join(", ")}`, (text) =>
      OTLP_PROTOCOLS.find((known) => known === text),
    );
  return tracingConfig({
    endpoint: url("OTEL_EXPORTER_OTLP_ENDPOINT"),
    tracesEndpoint: url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    protocol: protocol("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/protobuf",
    tracesProtocol: protocol("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
    isDisabled: reader.flag("OTEL_SDK_DISABLED"),
  });
}

function readEgressProxy(reader: EnvReader): string | undefined {
  const url = reader.confide(reader.optional("EGRESS_PROXY"));
  // The text is not repeated, since it may hold a password.
  if (url !== undefined && !isProxyUrl(url)) {
    reader.problems.push("EGRESS_PROXY is not a URL such as http://user:password@proxy:3128");
  }
  return url;
}

function readShutdownTimeout(reader: EnvReader, deliveryTimeoutMs: number): number {
  return reader.durationMs("SHUTDOWN_TIMEOUT", 2 * deliveryTimeoutMs + 3_000);
}

function readPublicUrl(reader: EnvReader): string | undefined {
  return reader.read<string | undefined>("PUBLIC_URL", undefined, "an http(s) URL", (text) =>
    URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text.replace(/\/+$/, "") : undefined,
  );
}

/** The release that this source is. */
export const VERSION = "0.1.0";
