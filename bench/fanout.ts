import { progress, shown } from "./report.ts";
import type { Report, Row } from "./report.ts";
import { deliveredBytes, prepareLoad, sendLoad } from "./support/load.ts";
import type { Load } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import { redisStats } from "./support/redis-stats.ts";
import { cpuPerMillion } from "./support/system.ts";
import { startTarget } from "./support/target.ts";

export interface FanoutOptions {
  readonly events: number;
  readonly webhooks: readonly number[];
  readonly runs: number;
}

interface Run {
  /** Delivered, over all webhooks. */
  readonly eventsPerSecond: number;
  readonly apiCpu: number;
  readonly workerCpu: number;
  readonly redisBytesPerEvent: number;
}

const BATCH_EVENTS = 10_000;
const EVENTS_PER_REQUEST = 1_000;

/** The same events to more and more webhooks: what they cost while they are stored, and how fast they go out. */
export async function fanout({ events, webhooks, runs }: FanoutOptions): Promise<Report> {
  const load = prepareLoad({ events, eventsPerRequest: EVENTS_PER_REQUEST });
  const measured = new Map<number, Run[]>(webhooks.map((count) => [count, []]));
  for (let run = 0; run < runs; run++) {
    for (const [count, list] of measured) {
      progress(`fanout, ${count} webhooks, run ${run + 1} of ${runs}`);
      list.push(await measure(load, count));
    }
  }
  const of = (count: number, figure: keyof Run): number =>
    median((measured.get(count) ?? []).map((run) => run[figure]));
  const rows = Object.fromEntries(
    webhooks.map((count): [string, Row] => [
      `${count} webhooks`,
      {
        "delivered events/s": Math.round(of(count, "eventsPerSecond")),
        "API CPU s/M accepted": shown(of(count, "apiCpu")),
        "worker CPU s/M delivered": shown(of(count, "workerCpu")),
        "Redis bytes/event": Math.round(of(count, "redisBytesPerEvent")),
      },
    ]),
  );
  const ratio = (figure: keyof Run): number => of(10, figure) / of(1, figure);
  return {
    scenario: "fanout",
    about: `${events} events, ${EVENTS_PER_REQUEST} a request, stored while all webhooks are paused, then let go; medians of ${runs} runs`,
    rows,
    goals: [
      { name: "API CPU for 10 webhooks, of that for one", measured: ratio("apiCpu"), atMost: 2 },
      { name: "Redis memory for 10 webhooks, of that for one", measured: ratio("redisBytesPerEvent"), atMost: 1.5 },
      { name: "events/s to 10 webhooks, of those to one", measured: ratio("eventsPerSecond"), atLeast: 1 },
    ],
  };
}

async function measure(load: Load, count: number): Promise<Run> {
  const target = await startTarget();
  const posthorn = await startPosthorn();
  try {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push(await posthorn.createWebhook(`${target.url}/${n}`));
    await Promise.all(ids.map((id) => posthorn.call("POST", `/webhooks/${id}/pause`)));
    const before = await redisStats(posthorn.redis.url);
    const stored = await cpuPerMillion(posthorn, load.events, () => sendLoad(load, posthorn.urls));
    const after = await redisStats(posthorn.redis.url);

    const expectedBytes = target.received().bytes + count * deliveredBytes(load, BATCH_EVENTS);
    let seconds = 0;
    const delivered = await cpuPerMillion(posthorn, load.events * count, async () => {
      const startedAt = performance.now();
      await Promise.all(ids.map((id) => posthorn.call("POST", `/webhooks/${id}/resume`)));
      await target.until(({ bytes }) => bytes >= expectedBytes);
      seconds = (performance.now() - startedAt) / 1_000;
    });
    return {
      eventsPerSecond: (load.events * count) / seconds,
      apiCpu: stored["api"] ?? 0,
      workerCpu: delivered["worker"] ?? 0,
      redisBytesPerEvent: (after.dataBytes - before.dataBytes) / load.events,
    };
  } finally {
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}
