import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { documentedMetrics, selectorsOf } from "../support/promql.ts";

const ROOT = join(__dirname, "..", "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const { groups } = parse(read("deploy/monitoring/alerts.yml")) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read("deploy/monitoring/grafana/dashboards/posthorn.json")) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
};
const queries = [...dashboard.panels.flatMap(({ targets = [] }) => targets), ...dashboard.annotations.list].map(
  ({ expr }) => expr,
);
const guide = read("docs/operations.md");

/** What Prometheus and prom-client add by themselves. */
const FOREIGN = [
  "up",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "nodejs_eventloop_lag_p99_seconds",
];

test("every metric and label of the alerts and the dashboard is one that the processes expose", () => {
  const known = documentedMetrics();
  expect(known.size).toBeGreaterThan(35);
  const asked = [...rules.map(({ expr }) => expr), ...queries].flatMap(selectorsOf);
  expect(asked.length).toBeGreaterThan(70);
  const unknown = asked.flatMap(({ name, labels }) => {
    if (FOREIGN.includes(name)) return [];
    const has = known.get(name);
    if (has === undefined) return [name];
    return labels.filter((label) => ![...has, "job", "instance"].includes(label)).map((label) => `${name} ${label}`);
  });
  expect(unknown).toEqual([]);
});

test("the dashboard shows every metric of our own", () => {
  const shown = new Set(queries.flatMap(selectorsOf).map(({ name }) => name.replace(/_(?:bucket|sum|count)$/, "")));
  const all = new Set([...documentedMetrics().keys()].map((name) => name.replace(/_(?:bucket|sum|count)$/, "")));
  expect([...all].filter((name) => !shown.has(name))).toEqual([]);
});

test("text that is no PromQL is found", () => {
  expect(() => selectorsOf("sum(rate(posthorn_events_accepted_total[5m])")).toThrow("no PromQL");
});

test("panels of the dashboard do not overlap", () => {
  const taken = new Set<string>();
  for (const { gridPos, title } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect([title, x < 24 && !taken.has(`${x} ${y}`)]).toEqual([title, true]);
        taken.add(`${x} ${y}`);
      }
    }
  }
});

test("every alert has a runbook entry, in the order of the rules, and every entry an alert", () => {
  const section = /^## Dashboards and alerts$(.*?)^## /ms.exec(`${guide}\n## `)?.[1] ?? "";
  const entries = [...section.matchAll(/^#### (\w+)$/gm)].map(([, name]) => name);
  expect(entries).toEqual(rules.map(({ alert }) => alert));
  for (const { labels, annotations } of rules) {
    expect(labels.severity).toMatch(/^(?:critical|warning)$/);
    expect(annotations.summary).not.toBe("");
  }
});
