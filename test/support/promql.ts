import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";

export interface Selector {
  readonly name: string;
  readonly labels: readonly string[];
}

/** The names in a query, each with the labels that it is asked for; fails when it is no PromQL. */
export function selectorsOf(query: string): Selector[] {
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
export function documentedMetrics(): Map<string, readonly string[]> {
  const guide = readFileSync(join(__dirname, "..", "..", "docs/operations.md"), "utf8");
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
