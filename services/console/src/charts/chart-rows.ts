import type { SeriesView } from "@posthorn/api/views";

/** What a chart draws at one time; `null` leaves a gap. */
export interface ChartRow {
  readonly at: number;
  readonly [name: string]: number | null;
}

type Values = readonly (number | null)[];

/** The columns of an answer as the rows that a chart wants, with the time at which each step began. */
export function chartRows(
  { from, step_ms: stepMs }: Pick<SeriesView, "from" | "step_ms">,
  columns: Readonly<Record<string, Values>>,
): ChartRow[] {
  const names = Object.keys(columns);
  const length = Math.max(0, ...Object.values(columns).map((values) => values.length));
  const fromMs = Date.parse(from);
  return Array.from({ length }, (_, index) => ({
    ...Object.fromEntries(names.map((name) => [name, columns[name]?.[index] ?? null])),
    at: fromMs + index * stepMs,
  }));
}

/** All but the last value, whose step is not over: a line would end in a fall that did not happen. */
export function withoutCurrent(values: Values): (number | null)[] {
  return [...values.slice(0, -1), null];
}

/** True when there is nothing to draw. */
export function isFlat(rows: readonly ChartRow[]): boolean {
  return rows.every((row) => Object.entries(row).every(([name, value]) => name === "at" || !value));
}
