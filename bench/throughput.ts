import { oneJobPerEvent, passThrough } from "./baselines/start.ts";
import { progress, shown } from "./report.ts";
import type { Goal, Report, Row } from "./report.ts";
import { deliveredBytes, prepareLoad, sendLoad } from "./support/load.ts";
import type { Load } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import { cpuPerMillion } from "./support/system.ts";
import type { System } from "./support/system.ts";
import { startTarget } from "./support/target.ts";

export interface ThroughputOptions {
  readonly events: number;
  readonly eventsPerRequest: readonly number[];
  readonly runs: number;
}

/** One system's figures of one run. */
interface Run {
  readonly eventsPerSecond: number;
  /** CPU-seconds per million events, by kind of process. */
  readonly cpu: Readonly<Record<string, number>>;
}

const BATCH_EVENTS = 10_000;

const SYSTEMS: Readonly<Record<string, (target: string) => Promise<System>>> = {
  "pass-through": (target) => passThrough(target, BATCH_EVENTS),
  "one job per event": (target) => oneJobPerEvent(target, BATCH_EVENTS),
  posthorn: async (target) => {
    const posthorn = await startPosthorn();
    await posthorn.createWebhook(target);
    return posthorn;
  },
};

/** What the issue of this scenario asks for, by events per request. */
const GOALS: Readonly<Record<number, { readonly ratio: number; readonly cpuRatio: number }>> = {
  1000: { ratio: 0.65, cpuRatio: 2.2 },
  100: { ratio: 0.45, cpuRatio: 3 },
};

/** Posthorn, a process without a store and one job per event, in turns, each with a generator and a target. */
export async function throughput({ events, eventsPerRequest, runs }: ThroughputOptions): Promise<Report> {
  const rows: Record<string, Row> = {};
  const goals: Goal[] = [];
  for (const perRequest of eventsPerRequest) {
    const load = prepareLoad({ events, eventsPerRequest: perRequest });
    const measured: Record<string, Run[]> = {};
    for (let run = 0; run < runs; run++) {
      for (const [name, start] of Object.entries(SYSTEMS)) {
        progress(`throughput, ${perRequest} events a request, ${name}, run ${run + 1} of ${runs}`);
        (measured[name] ??= []).push(await measure(load, start));
      }
    }
    const rate = (name: string): number => median((measured[name] ?? []).map((run) => run.eventsPerSecond));
    const cpu = (name: string, kind: string): number => median((measured[name] ?? []).map((run) => run.cpu[kind] ?? 0));
    for (const [name, list] of Object.entries(measured)) {
      rows[`${name}, ${perRequest} a request`] = {
        "events/s": Math.round(rate(name)),
        "of pass-through": shown(rate(name) / rate("pass-through")),
        ...Object.fromEntries(
          Object.keys(list[0]?.cpu ?? {}).map((kind) => [`CPU s/M ${kind}`, shown(cpu(name, kind))]),
        ),
      };
    }
    const goal = GOALS[perRequest];
    if (goal === undefined) continue;
    const at = `${perRequest} events a request`;
    goals.push(
      {
        name: `events/s of pass-through's, ${at}`,
        measured: rate("posthorn") / rate("pass-through"),
        atLeast: goal.ratio,
      },
      {
        name: `CPU of pass-through's, ${at}`,
        measured: cpu("posthorn", "all") / cpu("pass-through", "all"),
        atMost: goal.cpuRatio,
      },
      {
        name: `events/s of one job per event's, ${at}`,
        measured: rate("posthorn") / rate("one job per event"),
        atLeast: 10,
        limit: "limited by the cores: pass-through, which stores nothing, is hardly faster against it",
      },
    );
  }
  const about = `${events} events of about 900 bytes to 1 webhook, batches of 10,000; medians of ${runs} runs in turns`;
  return { scenario: "throughput", about, rows, goals };
}

/** From the first request to the last byte at the target. */
async function measure(load: Load, start: (target: string) => Promise<System>): Promise<Run> {
  const target = await startTarget();
  const system = await start(target.url);
  try {
    const expectedBytes = target.received().bytes + deliveredBytes(load, BATCH_EVENTS);
    let seconds = 0;
    const cpu = await cpuPerMillion(system, load.events, async () => {
      const startedAt = performance.now();
      await Promise.all([target.until(({ bytes }) => bytes >= expectedBytes), sendLoad(load, system.urls)]);
      seconds = (performance.now() - startedAt) / 1_000;
    });
    return { eventsPerSecond: load.events / seconds, cpu };
  } finally {
    await Promise.all([system.stop(), target.stop()]);
  }
}
