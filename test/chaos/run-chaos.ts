import { setMaxListeners } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { startGenerator } from "./generator.ts";
import { createInjector, describeFault } from "./installation/inject.ts";
import { install } from "./installation/installation.ts";
import type { Installation } from "./installation/installation.ts";
import type { OwnEnd } from "./installation/service.ts";
import { accountFor } from "./ledger/account.ts";
import type { Account } from "./ledger/account.ts";
import { createLedger } from "./ledger/ledger.ts";
import { createManagement } from "./management.ts";
import type { Registered } from "./management.ts";
import type { ChaosOptions } from "./options.ts";
import { planFaults } from "./plan/plan-faults.ts";
import { recoveries } from "./recovery.ts";
import { describeProblem } from "./report/describe-problem.ts";
import { summarize } from "./report/summarize.ts";
import { audit, awaitReadiness, callRoll, drain } from "./settle.ts";
import { CHARACTERS, MAY_BE_SILENT, SCENES } from "./targets/character.ts";
import { startTarget } from "./targets/target.ts";
import type { Target } from "./targets/target.ts";

export interface ChaosResult {
  /** What must not be, in words; empty when all is well. */
  readonly failures: readonly string[];
  readonly summary: string;
  /** Where the logs of all processes are, unless they were removed. */
  readonly logDir: string | undefined;
}

const APIS = 2;
const WORKERS = 3;
/** Recoverable targets get everything within these; the dead one's batches expire. */
const EXPIRY_MS = 90_000;
const EXPIRY_OF_SHORT_RUN_MS = 20_000;
const SHORT_RUN_MS = 60_000;
/** What recovery, drain and accounts take at most, beyond the expiry. */
const AFTERWARDS_MS = 300_000;
/** What is promised after an outage, with room for a busy machine. */
const RECOVERY_MAX_MS = 20_000;
const PROGRESS_EVERY_MS = 10_000;

/** One run: sends events through Posthorn under faults, lets it recover, and accounts for every event. */
export async function runChaos(
  options: ChaosOptions,
  { signal: stop, say }: { readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<ChaosResult> {
  const { durationMs, seed } = options;
  const retryExpiryMs = durationMs < SHORT_RUN_MS ? EXPIRY_OF_SHORT_RUN_MS : EXPIRY_MS;
  const ending = new AbortController();
  const limit = AbortSignal.timeout(durationMs + retryExpiryMs + AFTERWARDS_MS);
  const signal = AbortSignal.any([stop, limit, ending.signal]);
  // Every call that waits listens to it.
  setMaxListeners(0, signal);
  const logDir = await mkdtemp(join(tmpdir(), "posthorn-chaos-"));
  const runLog = createWriteStream(join(logDir, "run.log"));
  let startedAtMs = performance.now();
  const now = (): number => performance.now() - startedAtMs;
  const tell = (line: string): void => {
    const told = `${(now() / 1_000).toFixed(1).padStart(6)} s  ${line}`;
    runLog.write(`${new Date().toISOString()} ${told}\n`);
    say(told);
  };

  const failures: string[] = [];
  const ownEnds: OwnEnd[] = [];
  const targets = new Map<string, Target>();
  const webhooks: Registered[] = [];
  const ledger = createLedger(now);
  let installation: Installation | undefined;
  let redis: Redis | undefined;
  let playing: Promise<void> = Promise.resolve();
  let isOver = false;
  let isKept = true;

  try {
    tell(`seed ${seed}: ${APIS} API processes, ${WORKERS} workers, Redis with appendfsync always; logs in ${logDir}`);
    const onOwnEnd = (end: OwnEnd): void => {
      if (isOver) return;
      ownEnds.push(end);
      tell(`${end.service} ended by itself (${end.code ?? end.signal})`);
    };
    installation = await install({ apis: APIS, workers: WORKERS, retryExpiryMs, logDir, now, onOwnEnd });
    const { apis, members, apiKey } = installation;
    redis = new Redis(installation.redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 200 });
    redis.on("error", () => undefined);
    for (const { service } of members) service.start();
    if ((await awaitReadiness(installation, signal)).length > 0)
      throw new Error(`Posthorn did not start: see ${logDir}`);

    const progress = (): number => now() / durationMs;
    for (const [index, character] of CHARACTERS.entries()) {
      targets.set(character.name, await startTarget({ character, seed: seed + index, ledger, now, progress }));
    }
    const apiUrls = apis.map(({ service }) => service.url);
    const management = createManagement({ apiUrls, apiKey, now, signal });
    const create = async (name: string): Promise<void> => {
      const character = CHARACTERS.find((one) => one.name === name);
      const url = targets.get(name)?.url;
      if (character !== undefined && url !== undefined) webhooks.push(await management.create(character, url));
    };
    for (const { name } of CHARACTERS) if (name !== "late") await create(name);
    // These were there before the first event.
    for (const webhook of webhooks) webhook.membership = { ...webhook.membership, from: EVER };

    startedAtMs = performance.now();
    const generator = startGenerator({ ...options, apiUrls, apiKey, ledger, now, signal });
    const injector = createInjector({ installation, targets, now, signal, say: tell });
    const plan = planFaults({ seed, durationMs, apis: APIS, workers: WORKERS, receivers: MAY_BE_SILENT });
    const ticking = setInterval(() => {
      const { sentEvents, attempts, deliveredBatches } = ledger.totals;
      tell(
        `${sentEvents} events sent, ${generator.unanswered()} requests unanswered, ` +
          `${attempts} attempts arrived, ${deliveredBatches} batches delivered, load ${loadavg()[0]?.toFixed(1)}`,
      );
    }, PROGRESS_EVERY_MS);
    playing = injector.play(plan);
    try {
      await Promise.all([
        playing,
        delay(SCENES.late * durationMs, undefined, { signal }).then(() => create("late")),
        management.playScenes(webhooks, durationMs),
        delay(durationMs, undefined, { signal }),
      ]);
      tell("no more faults: recovering");
      failures.push(...(await awaitReadiness(installation, signal)));
      const takeAll = ["steady", "refusing", "paused", "late"];
      failures.push(...(await callRoll({ installation, ledger, webhooks: takeAll, now, signal })));
      await generator.finish();
    } finally {
      clearInterval(ticking);
    }

    tell("all requests answered: draining");
    const waiting = await drain(redis, retryExpiryMs + 60_000, signal);
    failures.push(...waiting.map((what) => `not drained: ${what}`));
    failures.push(...(await audit(redis, webhooks, signal)));
    isOver = true;

    const accounts = new Map<string, Account>();
    const details: string[] = [];
    for (const webhook of webhooks) {
      const { character, membership } = webhook;
      const target = ledger.target(character.name);
      const ended = webhook.deletedAtMs === undefined ? await management.ended(webhook) : [];
      const { mayExpire } = character;
      const account = accountFor({ membership, requests: ledger.requests, target, ended, mayExpire });
      accounts.set(character.name, account);
      for (const problem of account.problems) {
        const described = await describeProblem({ problem, webhook, ledger, management });
        failures.push(described.line);
        details.push(described.line, ...described.details, "");
      }
    }
    const measured = recoveries(injector.injected, ledger.deliveredAtMs);
    for (const { fault, endedAtMs, tookMs = Infinity } of measured) {
      if (tookMs <= RECOVERY_MAX_MS) continue;
      failures.push(`after "${describeFault(fault)}", ended at ${endedAtMs}, nothing was delivered for ${tookMs} ms`);
    }
    failures.push(
      ...injector.failures,
      ...generator.refusals.map((refusal) => `a sender was answered ${refusal}`),
      ...ownEnds.filter(({ wasReady }) => wasReady).map((end) => `${end.service} ended by itself at ${end.atMs} ms`),
    );
    const summary = summarize({
      options,
      injected: injector.injected,
      accounts,
      totals: ledger.totals,
      generator: generator.totals,
      recoveries: measured,
      failedStarts: ownEnds.length,
      failures,
    });
    await writeFile(join(logDir, "report.txt"), [summary, "", ...failures, "", ...details].join("\n"));
    isKept = failures.length > 0 || options.keepLogs;
    return { failures, summary, logDir: isKept ? logDir : undefined };
  } finally {
    isOver = true;
    // After an error everything else is still at work.
    ending.abort(new Error("the run is over"));
    redis?.disconnect();
    // A fault that ends starts processes again: not after their removal.
    await playing.catch(() => undefined);
    await installation?.remove();
    await Promise.all([...targets.values()].map((target) => target.stop()));
    runLog.end();
    if (!isKept) await rm(logDir, { recursive: true, force: true });
  }
}

const EVER = { askedAtMs: -Infinity, confirmedAtMs: -Infinity };
