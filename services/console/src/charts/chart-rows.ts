import type { SeriesView } from "@posthorn/api/views";

/** What a chart draws at one time; `null` leaves a gap. */
export interface ChartRow {
  readonly at: number;
  readonly [name: string]: number | null;
}

const MINUTE_MS = 60_000;

const EDGE_SHARE = 0.04;

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

/** True when all values are zero or missing. */
export function isFlat(rows: readonly ChartRow[]): boolean {
  return rows.every((row) => valuesOf(row).every((value) => value === null || value === 0));
}

/** True when there are no values. */
export function isBlank(rows: readonly ChartRow[]): boolean {
  return rows.every((row) => valuesOf(row).every((value) => value === null));
}

function valuesOf(row: ChartRow): (number | null)[] {
  return Object.entries(row).flatMap(([name, value]) => (name === "at" ? [] : [value]));
}

/** True for a value between gaps, which a line would leave out. */
export function isAlone(rows: readonly ChartRow[], name: string, index: number): boolean {
  const isGap = (at: number): boolean => (rows[at]?.[name] ?? null) === null;
  return !isGap(index) && isGap(index - 1) && isGap(index + 1);
}

/** The times that are written below a chart: round ones on the viewer's clock. */
export function clockTicks(rows: readonly ChartRow[], stepMs: number): number[] {
  const everyMinutes = stepMs <= MINUTE_MS ? 15 : 240;
  // At the edge a time would reach over it.
  const fromEdge = Math.ceil(rows.length * EDGE_SHARE);
  return rows.slice(0, -fromEdge).flatMap(({ at }) => {
    const clock = new Date(at);
    const minutes = clock.getHours() * 60 + clock.getMinutes();
    // A longer step may begin a little after the round time.
    return minutes % everyMinutes < stepMs / MINUTE_MS ? [at] : [];
  });
}
