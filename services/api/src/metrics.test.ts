import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MetricObject, Registry } from "prom-client";
import type { Leased } from "@posthorn/store";
import { createMetrics as createWorkerMetrics } from "../../worker/src/metrics.ts";
import { createMetrics as createApiMetrics } from "./metrics.ts";

const never = (): never => {
  throw new Error("there is no store");
};
const away = async (): Promise<never> => never();
const api = createApiMetrics({
  backlog: () => undefined,
  readBacklogs: away,
  inspect: away,
  countProcesses: away,
  pausedSince: away,
  nowMs: never,
  webhooksShown: 2,
});
const worker = createWorkerMetrics({ inFlight: () => ({ fresh: 1, retry: 0 }), places: 100 });

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly of: string;
}

function ours({ registry }: { readonly registry: Registry }): (MetricObject & { readonly labelNames: string[] })[] {
  return (registry.getMetricsAsArray() as unknown as (MetricObject & { labelNames: string[] })[]).filter(({ name }) =>
    name.startsWith("posthorn_"),
  );
}

function exposed(): Described[] {
  const [ofApi, ofWorker] = [ours(api), ours(worker)];
  const names = new Map([...ofApi, ...ofWorker].map((metric) => [metric.name, metric]));
  return [...names.values()].map(({ name, type, labelNames }) => {
    const [isApi, isWorker] = [ofApi, ofWorker].map((list) => list.some((metric) => metric.name === name));
    return { name, type: String(type), labels: labelNames, of: isApi && isWorker ? "both" : isApi ? "API" : "worker" };
  });
}

function documented(): Described[] {
  const text = readFileSync(join(__dirname, "../../../docs/operations.md"), "utf8");
  const table = /<!-- metrics:begin -->(.*)<!-- metrics:end -->/s.exec(text)?.[1] ?? "";
  return table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, name = "", type = "", labels = "", of = ""] = line.split("|").map((cell) => cell.trim());
      const quoted = [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label);
      return { name: name.replaceAll("`", ""), type, labels: quoted, of };
    });
}

const byName = (a: Described, b: Described): number => (a.name < b.name ? -1 : 1);

test("the table of metrics in docs/operations.md is what the processes expose", () => {
  expect(documented().toSorted(byName)).toEqual(exposed().toSorted(byName));
});

/** What `promtool check metrics` complains about, as far as it concerns names and help. */
function complaints({ name, type, help, labelNames }: ReturnType<typeof ours>[number]): string[] {
  const isCounter = String(type) === "counter";
  return [
    ...(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name) ? [] : ["is not in snake_case"]),
    ...(isCounter === name.endsWith("_total") ? [] : ["counters, and nothing else, end with _total"]),
    ...(/_(?:count|sum|bucket)$/.test(name) ? ["ends like a part of a histogram"] : []),
    ...(/_(?:ms|millis|milliseconds|minutes|hours|kb|mb|kilobytes|percent)(?:_|$)/.test(name)
      ? ["has no base unit"]
      : []),
    ...(/seconds|bytes/.test(name) && !/_(?:seconds|bytes)(?:_total)?$/.test(name) ? ["has its unit inside"] : []),
    ...(/gauge|counter|histogram/.test(name) ? ["names its type"] : []),
    ...((help as string | undefined)?.trim() ? [] : ["has no help"]),
    ...labelNames.filter((label) => !/^[a-z_]+$/.test(label) || ["le", "quantile", "job", "instance"].includes(label)),
  ];
}

test("names, units and help keep Prometheus' conventions", () => {
  const all = [...ours(api), ...ours(worker)];
  expect(all.length).toBeGreaterThan(35);
  expect(all.flatMap((metric) => complaints(metric).map((complaint) => `${metric.name} ${complaint}`))).toEqual([]);
});

test("while the store is away a scrape answers all the same, and tells nothing that it does not know", async () => {
  const text = await api.registry.metrics();
  expect(text).toContain("\nposthorn_redis_up 0\n");
  expect(text).toContain("# TYPE posthorn_backlog_events gauge\n");
  expect(text).not.toMatch(/^posthorn_(?:backlog|webhook_backlog|everything_paused|redis_memory|processes|open)\S* /m);
});

test("a delivery is measured from the batch's first event, and its wait from the closing of the batch", async () => {
  const leased = { attempt: 1, events: 7, bodyBytes: 900, createdAtMs: 0, sealedAtMs: 30_000, nowMs: 30_200 } as Leased;
  const ended = { partition: 0, leased, isSuccess: true, isTargets: true };
  worker.attempted({ ...ended, lane: "fresh", outcome: "delivered", latencyMs: 50, nowMs: 31_000 });
  worker.attempted({
    ...ended,
    lane: "retry",
    leased: { ...leased, attempt: 2 },
    outcome: "timeout",
    latencyMs: 6_000,
    nowMs: 99_000,
  });
  const text = await worker.registry.metrics();
  for (const line of [
    "posthorn_delivery_latency_seconds_sum 31",
    "posthorn_delivery_latency_seconds_count 1",
    "posthorn_first_attempt_delay_seconds_sum 0.2",
    "posthorn_first_attempt_delay_seconds_count 1",
    "posthorn_events_delivered_total 7",
    "posthorn_delivered_bytes_total 900",
    'posthorn_attempts_total{lane="retry",outcome="timeout"} 1',
    "posthorn_attempts_in_flight_max 100",
  ])
    expect(text.split("\n")).toContain(line);
});
