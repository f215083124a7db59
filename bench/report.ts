/** What one scenario measured, ready to be shown. */
export interface Report {
  readonly scenario: string;
  /** What was done, in a line or two: sizes, and what the figures are medians of. */
  readonly about: string;
  readonly rows: Readonly<Record<string, Row>>;
  readonly goals: readonly Goal[];
}

/** The figures of one case, by their names with units. */
export type Row = Readonly<Record<string, number | string>>;

export interface Goal {
  readonly name: string;
  readonly measured: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What limits it where it is known to be missed; more in docs/performance.md. */
  readonly limit?: string;
}

export function isMet({ measured, atLeast = -Infinity, atMost = Infinity }: Goal): boolean {
  return measured >= atLeast && measured <= atMost;
}

/** Prints a scenario's table, its goals where the figures mean something, and all of it on one line of JSON. */
export function print({ scenario, about, rows, goals }: Report, { isTiny = false } = {}): void {
  console.log(`\n${scenario}: ${about}`);
  console.table(rows);
  for (const goal of isTiny ? [] : goals) {
    const bound = goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
    console.log(`${isMet(goal) ? "met   " : "MISSED"} ${goal.name}: ${shown(goal.measured)} (${bound})`);
    if (!isMet(goal) && goal.limit !== undefined) console.log(`       ${goal.limit}`);
  }
  console.log(JSON.stringify({ scenario, rows, goals: goals.map((goal) => ({ ...goal, met: isMet(goal) })) }));
}

/** What takes long says where it is. */
export function progress(text: string): void {
  process.stderr.write(`${text} …\n`);
}

/** A figure with three digits that mean something. */
export function shown(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(Math.abs(value) >= 1_000 ? 4 : 3)) : value;
}
