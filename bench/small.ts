import { progress, shown } from "./report.ts";
import type { Report, Row } from "./report.ts";
import { prepareLoad, sendLoad } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import { cpuPerMillion } from "./support/system.ts";
import { startTarget } from "./support/target.ts";

export interface SmallOptions {
  readonly deliveries: number;
  readonly runs: number;
}

interface Case {
  readonly webhooks: number;
  readonly concurrency?: number;
}

const CASES: Readonly<Record<string, Case>> = {
  "50 webhooks": { webhooks: 50 },
  "1 webhook, 64 attempts at a time": { webhooks: 1, concurrency: 64 },
};
const EVENTS_PER_REQUEST = 100;
const LIMIT =
  "limited by the cores, and for one webhook by the disk too: each place waits for its fsync (try --appendfsync everysec)";

interface Run {
  readonly perSecond: number;
  readonly cpu: Readonly<Record<string, number>>;
}

/** Batches of one event, as senders do that do not batch. */
export async function small({ deliveries, runs }: SmallOptions): Promise<Report> {
  const measured: Record<string, Run[]> = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, one] of Object.entries(CASES)) {
      progress(`small, ${name}, run ${run + 1} of ${runs}`);
      (measured[name] ??= []).push(await measure(one, deliveries));
    }
  }
  const rate = (name: string): number => median((measured[name] ?? []).map((run) => run.perSecond));
  const rows = Object.fromEntries(
    Object.keys(measured).map((name): [string, Row] => {
      const cpu = (kind: string): number => median((measured[name] ?? []).map((run) => run.cpu[kind] ?? 0)) / 1_000;
      return [
        name,
        {
          "deliveries/s": Math.round(rate(name)),
          ...Object.fromEntries(["api", "redis", "worker"].map((kind) => [`CPU ms each, ${kind}`, shown(cpu(kind))])),
        },
      ];
    }),
  );
  return {
    scenario: "small",
    about: `BATCH_MAX_EVENTS=1, ${deliveries} deliveries, ${EVENTS_PER_REQUEST} events a request; medians of ${runs} runs`,
    rows,
    goals: Object.keys(CASES).map((name) => ({
      name: `deliveries/s, ${name}`,
      measured: rate(name),
      atLeast: 2_000,
      limit: LIMIT,
    })),
  };
}

async function measure({ webhooks, concurrency }: Case, deliveries: number): Promise<Run> {
  const target = await startTarget();
  const posthorn = await startPosthorn({ env: { BATCH_MAX_EVENTS: "1" } });
  try {
    for (let n = 0; n < webhooks; n++) {
      await posthorn.createWebhook(`${target.url}/${n}`, concurrency === undefined ? {} : { concurrency });
    }
    const load = prepareLoad({ events: Math.ceil(deliveries / webhooks), eventsPerRequest: EVENTS_PER_REQUEST });
    const expected = target.received().batches + load.events * webhooks;
    let seconds = 0;
    const cpu = await cpuPerMillion(posthorn, load.events * webhooks, async () => {
      const startedAt = performance.now();
      await Promise.all([target.until(({ batches }) => batches >= expected), sendLoad(load, posthorn.urls)]);
      seconds = (performance.now() - startedAt) / 1_000;
    });
    return { perSecond: (load.events * webhooks) / seconds, cpu };
  } finally {
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}
