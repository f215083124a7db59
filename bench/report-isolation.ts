import { drain } from "./drain.ts";
import { isolation } from "./isolation.ts";
import { median } from "./support/numbers.ts";
import type { Latencies } from "./support/flow.ts";

export interface IsolationReportOptions {
  readonly workers: readonly number[];
  readonly turns: number;
  readonly turnMs: number;
  readonly requestsPerSecond: number;
  readonly backlog: number;
}

/** Prints what healthy webhooks get without and beside sick ones, for each number of workers. */
export async function reportIsolation(options: IsolationReportOptions): Promise<void> {
  describe(options);
  for (const workers of options.workers) {
    process.stderr.write(`isolation, ${workers} worker(s) …\n`);
    const turns = await isolation({ ...options, workers });
    const without = turns.map((turn) => turn.without);
    print("isolation", workers, without, {
      "beside 50 sick ones": turns.map((turn) => turn.beside),
      "while those begin to fail (once)": turns.flatMap(({ beginning }) =>
        beginning === undefined ? [] : [beginning],
      ),
    });
  }
}

/** Prints what healthy webhooks get without and beside one that drains its back-log, for each number of workers. */
export async function reportDrain(options: IsolationReportOptions): Promise<void> {
  describe(options);
  for (const workers of options.workers) {
    process.stderr.write(`drain, ${workers} worker(s) …\n`);
    const turns = await drain({ ...options, workers });
    console.log(`back-log drained in ${Math.round(median(turns.map(({ drainMs }) => drainMs)))} ms`);
    const without = turns.map((turn) => turn.without);
    print("drain", workers, without, { "beside a drain": turns.map((turn) => turn.beside) });
  }
}

function describe({ turns, turnMs, requestsPerSecond, backlog }: IsolationReportOptions): void {
  console.log(
    `50 healthy webhooks take ${requestsPerSecond} batches/s in all; back-logs of ${backlog} batches of 10 events;\n` +
      `medians of ${turns} turns of ${turnMs / 1_000} s each; from the API's answer to the target, in ms\n`,
  );
}

function print(
  scenario: string,
  workers: number,
  without: readonly Latencies[],
  others: Readonly<Record<string, readonly Latencies[]>>,
): void {
  const base = mediansOf(without);
  const rows = { without: without, ...others };
  const table = Object.entries(rows).map(([name, list]) => {
    const { p50, p99 } = mediansOf(list);
    const p99s = list.map((one) => Math.round(one.p99)).join(" ");
    return [
      name,
      {
        p50: round(p50),
        p99: round(p99),
        "p50 ratio": round(p50 / base.p50),
        "p99 ratio": round(p99 / base.p99),
        p99s,
      },
    ] as const;
  });
  console.log(`${workers} worker process(es)`);
  console.table(Object.fromEntries(table));
  console.log(JSON.stringify({ scenario, workers, without, ...others }));
}

function mediansOf(list: readonly Latencies[]): { readonly p50: number; readonly p99: number } {
  return { p50: median(list.map(({ p50 }) => p50)), p99: median(list.map(({ p99 }) => p99)) };
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
