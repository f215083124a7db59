import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";

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

/** The names in a query, each with the labels that it is asked for; fails when it is no PromQL. */
function selectorsOf(query: string): { name: string; labels: string[] }[] {
  // Grafana puts an interval there.
  const text = query.replaceAll("$__rate_interval", "5m");
  const selectors: { name: string; labels: string[] }[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) throw new Error(`no PromQL at ${text.slice(from)}: ${query}`);
      if (type.name === "VectorSelector") selectors.push({ name: "", labels: [] });
      const last = selectors.at(-1);
      if (type.name === "Identifier" && last !== undefined && last.name === "") last.name = text.slice(from, to);
      if (type.name === "LabelName") last?.labels.push(text.slice(from, to));
    },
  });
  return selectors;
}

/** Every metric and its labels, by the table in docs/operations.md, which a test of the API compares with the processes. */
function documented(): Map<string, readonly string[]> {
  const table = /<!-- metrics:begin -->(.*)<!-- metrics:end -->/s.exec(guide)?.[1] ?? "";
  const metrics = new Map<string, readonly string[]>();
  for (const line of table.split("\n").filter((row) => row.startsWith("| `"))) {
    const [, name = "", type = "", labels = ""] = line.split("|").map((cell) => cell.trim().replaceAll("`", ""));
    const of = labels.split(", ").filter((label) => label !== "");
    if (type !== "histogram") metrics.set(name, of);
    else for (const part of ["bucket", "sum", "count"]) metrics.set(`${name}_${part}`, [...of, "le"]);
  }
  return metrics;
}

/** What Prometheus and prom-client add by themselves. */
const FOREIGN = [
  "up",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "nodejs_eventloop_lag_p99_seconds",
];

test("every metric and label of the alerts and the dashboard is one that the processes expose", () => {
  const known = documented();
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
  const all = new Set([...documented().keys()].map((name) => name.replace(/_(?:bucket|sum|count)$/, "")));
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
