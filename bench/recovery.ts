import { setTimeout as delay } from "node:timers/promises";
import { progress, shown } from "./report.ts";
import type { Report } from "./report.ts";
import { createSender } from "./support/load.ts";
import type { Sender } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import type { Service } from "./support/processes.ts";
import { startTarget } from "./support/target.ts";

export interface RecoveryOptions {
  readonly runs: number;
}

const EVENT = Buffer.from('[{"msys":{"message_event":{"type":"delivery"}}}]');
const SEND_EVERY_MS = 50;
/** An attempt that gets no answer lasts that long. */
const ATTEMPT_MS = 6_000;
/** Promised for the return of Redis; a lost worker's batch comes when its lease of 8 s has ended. */
const REDIS_RECOVERY_MAX_MS = 15_000;
const LEASE_RECOVERY_MAX_MS = 12_000;

/** How long deliveries stay away when a worker dies in the middle of a POST, and when Redis restarts. */
export async function recovery({ runs }: RecoveryOptions): Promise<Report> {
  const lost: number[] = [];
  const restarted: number[] = [];
  for (let run = 0; run < runs; run++) {
    progress(`recovery, a worker is killed, run ${run + 1} of ${runs}`);
    lost.push(await killWorker());
    progress(`recovery, Redis is killed, run ${run + 1} of ${runs}`);
    restarted.push(await killRedis());
  }
  return {
    scenario: "recovery",
    about: `SIGKILL, in ms; medians of ${runs} runs`,
    rows: {
      "a worker in mid-POST → second attempt": { median: shown(median(lost)), max: shown(Math.max(...lost)) },
      "Redis is back → next delivery": { median: shown(median(restarted)), max: shown(Math.max(...restarted)) },
    },
    goals: [
      {
        name: "worker killed in mid-POST → second attempt, ms",
        measured: Math.max(...lost),
        atMost: LEASE_RECOVERY_MAX_MS,
      },
      { name: "Redis back → next delivery, ms", measured: Math.max(...restarted), atMost: REDIS_RECOVERY_MAX_MS },
    ],
  };
}

/** Both workers may get the attempt: the one that has it is killed, the other one makes the next. */
async function killWorker(): Promise<number> {
  const target = await startTarget();
  const posthorn = await startPosthorn({ workers: 2, env: { BATCH_MAX_EVENTS: "1" } });
  const sender = createSender(posthorn.urls);
  try {
    await posthorn.createWebhook(target.url);
    target.answer("none");
    await sender.post(EVENT);
    await target.until(({ hanging }) => hanging > 0);
    const busy = await theBusyOne(posthorn.workers);
    await busy.stop();
    const killedAt = performance.now();
    target.answer(200);
    const before = target.received().batches;
    await target.until(({ batches }) => batches > before);
    return performance.now() - killedAt;
  } finally {
    sender.close();
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}

/**
 * The worker that makes the one attempt. Another one may have a place taken for a moment, to look for what there is to
 * send, so that only a moment in which no other has any tells them apart.
 */
async function theBusyOne(workers: readonly Service[]): Promise<Service> {
  const giveUpAt = performance.now() + ATTEMPT_MS;
  for (;;) {
    const taken = await Promise.all(workers.map(({ url }) => placesTaken(url)));
    const [busy, ...others] = workers.filter((_, n) => taken[n] !== 0);
    if (busy !== undefined && others.length === 0) return busy;
    if (performance.now() > giveUpAt)
      throw new Error(`no worker alone makes the attempt: places taken ${taken.join()}`);
    await delay(10);
  }
}

/** How many places for attempts a worker has taken, as its metrics tell. */
async function placesTaken(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^posthorn_attempts_in_flight\{\S* (\d+)/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
}

async function killRedis(): Promise<number> {
  const target = await startTarget();
  const posthorn = await startPosthorn({ env: { BATCH_MAX_EVENTS: "1" } });
  const sender = createSender(posthorn.urls);
  try {
    await posthorn.createWebhook(target.url);
    await sender.post(EVENT);
    await target.until(({ batches }) => batches >= 2);
    await posthorn.redis.kill("SIGKILL");
    await posthorn.redis.start();
    const backAt = performance.now();
    const before = target.received().batches;
    const stop = new AbortController();
    const sending = sendUntil(sender, stop.signal);
    await target.until(({ batches }) => batches > before);
    const ms = performance.now() - backAt;
    stop.abort();
    await sending;
    return ms;
  } finally {
    sender.close();
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}

async function sendUntil(sender: Sender, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sender.post(EVENT).catch(() => undefined);
    await delay(SEND_EVERY_MS);
  }
}
