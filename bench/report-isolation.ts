import { drain } from "./drain.ts";
import { isolation } from "./isolation.ts";
import { progress, shown } from "./report.ts";
import type { Goal, Report, Row } from "./report.ts";
import { median } from "./support/numbers.ts";
import type { Latencies } from "./support/flow.ts";

export interface IsolationReportOptions {
  readonly workers: readonly number[];
  readonly turns: number;
  readonly turnMs: number;
  readonly requestsPerSecond: number;
  readonly backlog: number;
}

/** What sick or draining neighbours may cost, as a ratio of the medians. */
const RATIO_MAX = 1.25;
const DRAIN_LIMIT =
  "the drained batches share the cores; it is not the disk (try --appendfsync everysec), and nobody waits for a slot";

/** What healthy webhooks get without and beside sick ones, for each number of workers. */
export async function reportIsolation(options: IsolationReportOptions): Promise<Report> {
  const rows: Record<string, Row> = {};
  const goals: Goal[] = [];
  for (const workers of options.workers) {
    progress(`isolation, ${workers} worker(s)`);
    const turns = await isolation({ ...options, workers });
    const without = turns.map((turn) => turn.without);
    const beside = turns.map((turn) => turn.beside);
    const beginning = turns.flatMap((turn) => (turn.beginning === undefined ? [] : [turn.beginning]));
    const base = mediansOf(without);
    rows[`${workers} worker(s), alone`] = row(without, base);
    rows[`${workers} worker(s), beside 50 sick ones`] = row(beside, base);
    rows[`${workers} worker(s), while those begin to fail (once)`] = row(beginning, base);
    goals.push(goalOf(`beside 50 sick ones, ${workers} worker(s)`, beside, base));
  }
  return { scenario: "isolation", about: about(options), rows, goals };
}

/** What healthy webhooks get without and beside one that drains its back-log, for each number of workers. */
export async function reportDrain(options: IsolationReportOptions): Promise<Report> {
  const rows: Record<string, Row> = {};
  const goals: Goal[] = [];
  for (const workers of options.workers) {
    progress(`drain, ${workers} worker(s)`);
    const turns = await drain({ ...options, workers });
    const without = turns.map((turn) => turn.without);
    const beside = turns.map((turn) => turn.beside);
    const base = mediansOf(without);
    rows[`${workers} worker(s), alone`] = row(without, base);
    rows[`${workers} worker(s), beside a drain`] = {
      ...row(beside, base),
      "drained in ms": Math.round(median(turns.map(({ drainMs }) => drainMs))),
    };
    goals.push({ ...goalOf(`beside a drain, ${workers} worker(s)`, beside, base), limit: DRAIN_LIMIT });
  }
  return { scenario: "drain", about: about(options), rows, goals };
}

function about({ turns, turnMs, requestsPerSecond, backlog }: IsolationReportOptions): string {
  return (
    `50 healthy webhooks take ${requestsPerSecond} batches/s in all; back-logs of ${backlog} batches of 10 events; ` +
    `medians of ${turns} turns of ${turnMs / 1_000} s each; from the API's answer to the target, in ms`
  );
}

interface Medians {
  readonly p50: number;
  readonly p99: number;
}

function row(list: readonly Latencies[], base: Medians): Row {
  const { p50, p99 } = mediansOf(list);
  return {
    p50: shown(p50),
    p99: shown(p99),
    "p50 ratio": shown(p50 / base.p50),
    "p99 ratio": shown(p99 / base.p99),
    p99s: list.map((one) => Math.round(one.p99)).join(" "),
  };
}

function goalOf(name: string, list: readonly Latencies[], base: Medians): Goal {
  return { name: `p99 ${name}, of that alone`, measured: mediansOf(list).p99 / base.p99, atMost: RATIO_MAX };
}

function mediansOf(list: readonly Latencies[]): Medians {
  return { p50: median(list.map(({ p50 }) => p50)), p99: median(list.map(({ p99 }) => p99)) };
}
