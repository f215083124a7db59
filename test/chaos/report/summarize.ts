import type { Balance } from "../balance.ts";
import type { Injected } from "../installation/inject.ts";
import type { Account } from "../ledger/account.ts";
import type { Totals } from "../ledger/ledger.ts";
import type { ChaosOptions } from "../options.ts";
import { isOutage } from "../plan/fault.ts";
import { median } from "../recovery.ts";
import type { Recovery } from "../recovery.ts";

interface Summarized {
  readonly options: ChaosOptions;
  readonly injected: readonly Injected[];
  readonly balance: Balance;
  readonly totals: Totals;
  readonly generator: { readonly requests: number; readonly repeats: number; readonly echoes: number };
  readonly failedStarts: number;
  readonly failures: readonly string[];
}

/** What a run came to, for people. */
export function summarize(run: Summarized): string {
  const { options, injected, totals, generator, failures } = run;
  const { accounts, splits, recoveries } = run.balance;
  const sum = (pick: (account: Account) => number): number =>
    [...accounts.values()].reduce((total, account) => total + pick(account), 0);
  const lost = sum(({ problems }) =>
    problems.reduce((total, problem) => total + (problem.kind === "lost" ? problem.atLeast : 0), 0),
  );
  const rows = [...accounts].map(
    ([name, { wanted, delivered, ended, deleted, problems }]) =>
      `  ${name.padEnd(10)} wanted ${wanted}, delivered ${delivered}, expired ${ended.expired}, ` +
      `overflowed ${ended.overflowed}, discarded ${ended.discarded}, deleted with it ${deleted}` +
      (problems.length > 0 ? ` — ${problems.length} problems` : ""),
  );
  return [
    `seed ${options.seed}, ${options.durationMs / 60_000} minutes of faults: ${failures.length === 0 ? "all is well" : `${failures.length} FAILURES`}`,
    `faults: ${countKinds(injected)}; ${run.failedStarts} starts that failed meanwhile`,
    `sent: ${totals.sentEvents} events in ${generator.requests} requests, ${generator.repeats} times again without an answer that counts, ${generator.echoes} twice on purpose`,
    `arrived: ${totals.attempts} attempts with their whole body, ${totals.deliveredBatches} batches delivered, ${splits} split`,
    `made by delivery, under their own id: ${totals.repeatedBatches} batches more than once (${totals.repeatedEvents} events)`,
    `lost: ${lost}; expired: ${sum(({ ended }) => ended.expired)}; overflowed: ${sum(({ ended }) => ended.overflowed)}; discarded: ${sum(({ ended }) => ended.discarded)}; deleted with their webhook: ${sum(({ deleted }) => deleted)}`,
    `from the end of an outage to the next delivery: ${describeRecoveries(recoveries, injected)}`,
    ...rows,
  ].join("\n");
}

function countKinds(injected: readonly Injected[]): string {
  const counts = new Map<string, number>();
  for (const { fault } of injected) {
    const name = `${fault.kind} ${fault.target.replace(/-\d+$/, "")}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const listed = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${count} × ${name}`);
  return `${injected.length} (${listed.join(", ")})`;
}

function describeRecoveries(measured: readonly Recovery[], injected: readonly Injected[]): string {
  const took = measured.map(({ tookMs = Infinity }) => tookMs);
  const outages = injected.filter(({ fault }) => isOutage(fault)).length;
  if (took.length === 0) return `none measured of ${outages} outages`;
  return `median ${Math.round(median(took))} ms, at most ${Math.round(Math.max(...took))} ms (${took.length} of ${outages} outages, the others ran into each other)`;
}
