import { setMaxListeners } from "node:events";
import { writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { balance } from "./balance.ts";
import { startGenerator } from "./generator.ts";
import type { Generator } from "./generator.ts";
import { createInjector } from "./installation/inject.ts";
import { install } from "./installation/installation.ts";
import type { Installation } from "./installation/installation.ts";
import type { OwnEnd } from "./installation/service.ts";
import { createLedger } from "./ledger/ledger.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { createManagement } from "./management.ts";
import type { Registered } from "./management.ts";
import type { ChaosOptions } from "./options.ts";
import { planFaults } from "./plan/plan-faults.ts";
import { summarize } from "./report/summarize.ts";
import { openRunLog } from "./run-log.ts";
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
/** Beyond the expiry. */
const DRAIN_PATIENCE_MS = 60_000;
const ANSWERS_PATIENCE_MS = 90_000;
/** What recovery, drain and accounts take at most, beyond the expiry: a run always ends. */
const AFTERWARDS_MS = 600_000;
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
  const log = await openRunLog(say);
  const { now, tell } = log;

  const failures: string[] = [];
  const ownEnds: OwnEnd[] = [];
  const targets = new Map<string, Target>();
  const webhooks: Registered[] = [];
  const ledger = createLedger(now);
  let installation: Installation | undefined;
  let redis: Redis | undefined;
  let playing: Promise<void> = Promise.resolve();
  let isKept = true;

  try {
    tell(`seed ${seed}: ${APIS} API processes, ${WORKERS} workers, Redis with appendfsync always; logs in ${log.dir}`);
    const onOwnEnd = (end: OwnEnd): void => {
      ownEnds.push(end);
      tell(`${end.service} ended by itself (${end.code ?? end.signal})`);
    };
    installation = await install({ apis: APIS, workers: WORKERS, retryExpiryMs, logDir: log.dir, now, onOwnEnd });
    const { apis, members, apiKey } = installation;
    redis = connectTo(installation);
    for (const { service } of members) service.start();
    const late = await awaitReadiness(installation, signal);
    if (late.length > 0) throw new Error(`Posthorn did not start: ${late.join(", ")}; see ${log.dir}`);

    const progress = (): number => now() / durationMs;
    for (const [index, character] of CHARACTERS.entries()) {
      targets.set(character.name, await startTarget({ character, seed: seed + index, ledger, now, progress }));
    }
    const apiUrls = apis.map(({ service }) => service.url);
    const management = createManagement({ apiUrls, apiKey, now, signal });
    const create = async (isMeant: (name: string) => boolean): Promise<void> => {
      for (const character of CHARACTERS.filter(({ name }) => isMeant(name))) {
        webhooks.push(await management.create(character, targets.get(character.name)?.url ?? ""));
      }
    };
    await create((name) => name !== "late");
    // These were there before the first event.
    for (const webhook of webhooks) webhook.membership = { ...webhook.membership, from: EVER };

    log.startClock();
    const generator = startGenerator({ ...options, apiUrls, apiKey, ledger, now, signal });
    const injector = createInjector({ installation, targets, now, signal, say: tell });
    const ticking = setInterval(() => tell(progressLine(ledger, generator)), PROGRESS_EVERY_MS);
    try {
      playing = injector.play(planFaults({ seed, durationMs, apis: APIS, workers: WORKERS, receivers: MAY_BE_SILENT }));
      await Promise.all([
        playing,
        delay(SCENES.late * durationMs, undefined, { signal }).then(() => create((name) => name === "late")),
        management.playScenes(webhooks, durationMs),
        delay(durationMs, undefined, { signal }),
      ]);
      tell("no more faults: recovering");
      failures.push(...(await awaitReadiness(installation, signal)));
      const takeAll = ["steady", "refusing", "paused", "late"];
      failures.push(...(await callRoll({ installation, ledger, webhooks: takeAll, now, signal })));
      const unanswered = await generator.finish(ANSWERS_PATIENCE_MS);
      if (unanswered > 0) failures.push(`${unanswered} requests got no answer within ${ANSWERS_PATIENCE_MS} ms`);

      tell("no more requests: draining");
      const waiting = await drain(redis, retryExpiryMs + DRAIN_PATIENCE_MS, signal);
      failures.push(...waiting.map((what) => `not drained: ${what}`));
      failures.push(...(await audit(redis, webhooks, signal)));
    } finally {
      clearInterval(ticking);
    }

    const result = await balance({ webhooks, targets, ledger, management, injector, generator, ownEnds });
    failures.push(...result.failures);
    const summary = summarize({
      options,
      balance: result,
      injected: injector.injected,
      totals: ledger.totals,
      generator: generator.totals,
      failedStarts: ownEnds.length,
      failures,
    });
    await writeFile(join(log.dir, "report.txt"), [summary, "", ...failures, "", ...result.details].join("\n"));
    isKept = failures.length > 0 || options.keepLogs;
    return { failures, summary, logDir: isKept ? log.dir : undefined };
  } finally {
    // After an error everything else is still at work.
    ending.abort(new Error("the run is over"));
    redis?.disconnect();
    // A fault that ends starts processes again: not after their removal.
    await playing.catch(() => undefined);
    await installation?.remove();
    await Promise.all([...targets.values()].map((target) => target.stop()));
    await log.close({ isKept });
  }
}

const EVER = { askedAtMs: -Infinity, confirmedAtMs: -Infinity };

/** Past the proxies. */
function connectTo({ redis: { url } }: Installation): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 200 });
  redis.on("error", () => undefined);
  return redis;
}

function progressLine(
  { totals: { sentEvents, attempts, deliveredBatches } }: Ledger,
  { unanswered }: Generator,
): string {
  return (
    `${sentEvents} events sent, ${unanswered()} requests unanswered, ${attempts} attempts arrived, ` +
    `${deliveredBatches} batches delivered; the machine's load is ${loadavg()[0]?.toFixed(1)}`
  );
}
