import { setTimeout as delay } from "node:timers/promises";
import { progress, shown } from "./report.ts";
import type { Report, Row } from "./report.ts";
import { sendLoad } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import type { Posthorn } from "./support/posthorn.ts";
import { redisStats } from "./support/redis-stats.ts";
import { cpuPerMillion } from "./support/system.ts";
import { startTarget } from "./support/target.ts";

export interface WebhooksOptions {
  readonly webhooks: readonly number[];
  /** Delivered in each of the runs. */
  readonly events: number;
  readonly runs: number;
}

/** Few events a batch, and as many whatever the number of webhooks: what is compared is the number. */
const BATCH_EVENTS = 10;
const WEBHOOKS_PER_REQUEST = 10;
/** Two sweeps: one more or less in the time would look like a difference. */
const IDLE_MS = 20_000;
/** Each webhook that has delivered is looked at once more when its last lease would have ended. */
const SETTLED_AFTER_MS = 10_000;
const CREATED_AT_A_TIME = 20;

interface Figures {
  readonly cpu: readonly Readonly<Record<string, number>>[];
  readonly idleCommandsPerSecond: number;
  readonly idleAofBytesPerSecond: number;
}

/** More and more webhooks, each with events of its own: what an event costs, and what costs nothing happening. */
export async function webhooks({ webhooks: counts, events, runs }: WebhooksOptions): Promise<Report> {
  const measured = new Map<number, Figures>();
  for (const count of counts) {
    progress(`webhooks, ${count}`);
    measured.set(count, await measure(count, events, runs));
  }
  const cpu = (count: number, kind: string): number =>
    median((measured.get(count)?.cpu ?? []).map((run) => run[kind] ?? 0));
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const idle = (count: number): number => measured.get(count)?.idleCommandsPerSecond ?? 0;
  return {
    scenario: "webhooks",
    about: `${events} events in batches of ${BATCH_EVENTS}, requests of ${WEBHOOKS_PER_REQUEST} batches; medians of ${runs} runs`,
    rows: Object.fromEntries(
      [...measured].map(([count, figures]): [string, Row] => [
        `${count} webhooks`,
        {
          ...Object.fromEntries(
            ["api", "redis", "worker", "all"].map((kind) => [`CPU µs/event ${kind}`, shown(cpu(count, kind))]),
          ),
          "idle Redis commands/s": shown(figures.idleCommandsPerSecond),
          "idle AOF bytes/s": shown(figures.idleAofBytesPerSecond),
        },
      ]),
    ),
    goals: [
      {
        name: `CPU per event with ${most} webhooks, of that with ${fewest}`,
        measured: cpu(most, "all") / cpu(fewest, "all"),
        atMost: 1.5,
      },
      {
        name: `idle commands/s with ${most}, of those with ${fewest}`,
        measured: idle(most) / idle(fewest),
        atMost: 1.2,
      },
    ],
  };
}

async function measure(count: number, events: number, runs: number): Promise<Figures> {
  const target = await startTarget();
  const posthorn = await startPosthorn({ env: { BATCH_MAX_EVENTS: String(BATCH_EVENTS) } });
  try {
    await createWebhooks(posthorn, target.url, count);
    const cpu: Record<string, number>[] = [];
    for (let run = 0; run < runs; run++) {
      progress(`webhooks, ${count}, run ${run + 1} of ${runs}`);
      const bodies = bodiesFor(count, events, run);
      const expected = target.received().batches + events / BATCH_EVENTS;
      cpu.push(
        await cpuPerMillion(posthorn, events, () =>
          Promise.all([target.until(({ batches }) => batches >= expected), sendLoad({ bodies }, posthorn.urls)]),
        ),
      );
    }
    await delay(SETTLED_AFTER_MS);
    const before = await redisStats(posthorn.redis.url);
    await delay(IDLE_MS);
    const after = await redisStats(posthorn.redis.url);
    return {
      cpu,
      idleCommandsPerSecond: ((after.commands - before.commands) * 1_000) / IDLE_MS,
      idleAofBytesPerSecond: ((after.aofBytes - before.aofBytes) * 1_000) / IDLE_MS,
    };
  } finally {
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}

async function createWebhooks(posthorn: Posthorn, url: string, count: number): Promise<void> {
  let next = 1;
  const create = async (): Promise<void> => {
    for (let subaccount = next++; subaccount <= count; subaccount = next++) {
      await posthorn.createWebhook(url, { subaccount });
      if (subaccount % 1_000 === 0) progress(`webhooks, ${subaccount} of ${count} made`);
    }
  };
  await Promise.all(Array.from({ length: CREATED_AT_A_TIME }, create));
}

/** Each request has a full batch for each of some webhooks; over a run all of them get as many as there are. */
function bodiesFor(count: number, events: number, run: number): Buffer[] {
  const filler = "x".repeat(800);
  const batches = events / BATCH_EVENTS;
  const bodies: Buffer[] = [];
  for (let sent = 0; sent < batches; sent += WEBHOOKS_PER_REQUEST) {
    const texts: string[] = [];
    for (let n = sent; n < Math.min(batches, sent + WEBHOOKS_PER_REQUEST); n++) {
      const subaccount = ((run * batches + n) % count) + 1;
      const text = `{"msys":{"message_event":{"type":"delivery","subaccount_id":"${subaccount}","rcpt_meta":{"filler":"${filler}"}}}}`;
      for (let event = 0; event < BATCH_EVENTS; event++) texts.push(text);
    }
    bodies.push(Buffer.from(`[${texts.join(",")}]`));
  }
  return bodies;
}
