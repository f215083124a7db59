import type { Generator } from "./generator.ts";
import { describeFault } from "./installation/inject.ts";
import type { Injector } from "./installation/inject.ts";
import type { OwnEnd } from "./installation/service.ts";
import { accountFor } from "./ledger/account.ts";
import type { Account } from "./ledger/account.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Management, Registered } from "./management.ts";
import { recoveries } from "./recovery.ts";
import type { Recovery } from "./recovery.ts";
import { describeProblem } from "./report/describe-problem.ts";
import type { Target } from "./targets/target.ts";

/** What is promised after an outage are 15 s; this leaves room for a busy machine and the start of processes. */
const RECOVERY_MAX_MS = 30_000;
/** An attempt under way when a deletion is answered goes on; longer than any process is frozen or slow. */
const LAST_ATTEMPT_MS = 30_000;

/** What became of everything, and what is wrong with it. */
export interface Balance {
  readonly accounts: ReadonlyMap<string, Account>;
  /** Batches that were split, for being too large. */
  readonly splits: number;
  readonly recoveries: readonly Recovery[];
  readonly failures: readonly string[];
  /** Of the failures, for whoever investigates. */
  readonly details: readonly string[];
}

interface BalanceOptions {
  readonly webhooks: readonly Registered[];
  readonly targets: ReadonlyMap<string, Target>;
  readonly ledger: Ledger;
  readonly management: Management;
  readonly injector: Injector;
  readonly generator: Generator;
  readonly ownEnds: readonly OwnEnd[];
}

/** Accounts for every event of every webhook when all is over, and collects whatever else must not be. */
export async function balance(options: BalanceOptions): Promise<Balance> {
  const { webhooks, targets, ledger, management, injector, generator, ownEnds } = options;
  const accounts = new Map<string, Account>();
  const failures: string[] = [];
  const details: string[] = [];
  let splits = 0;
  for (const webhook of webhooks) {
    const { character, membership, deletedAtMs } = webhook;
    const account = accountFor({
      membership,
      requests: ledger.requests,
      target: ledger.target(character.name),
      ended: deletedAtMs === undefined ? await management.ended(webhook) : [],
      mayExpire: character.mayExpire,
    });
    accounts.set(character.name, account);
    if (deletedAtMs === undefined) splits += await management.splits(webhook);
    for (const problem of account.problems) {
      const described = await describeProblem({ problem, webhook, ledger, management });
      failures.push(described.line);
      details.push(described.line, ...described.details, "");
    }
    const lastMs = targets.get(character.name)?.lastRequestAtMs() ?? -Infinity;
    if (deletedAtMs !== undefined && lastMs > deletedAtMs + LAST_ATTEMPT_MS) {
      failures.push(
        `${character.name} was still tried at ${lastMs} ms, but its deletion was answered at ${deletedAtMs}`,
      );
    }
  }
  const measured = recoveries(injector.injected, ledger.deliveredAtMs);
  const slow = measured.filter(({ tookMs = Infinity }) => tookMs > RECOVERY_MAX_MS);
  failures.push(
    ...slow.map(
      ({ fault, endedAtMs, tookMs }) =>
        `after "${describeFault(fault)}", ended at ${Math.round(endedAtMs)} ms, ` +
        (tookMs === undefined ? "nothing was delivered" : `nothing was delivered for ${Math.round(tookMs)} ms`),
    ),
    ...injector.failures,
    ...generator.refusals.map((refusal) => `a sender was answered ${refusal}`),
    ...ownEnds.filter(({ wasReady }) => wasReady).map((end) => `${end.service} ended by itself at ${end.atMs} ms`),
  );
  return { accounts, splits, recoveries: measured, failures, details };
}
