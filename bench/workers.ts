import { cpus } from "node:os";
import { progress, shown } from "./report.ts";
import type { Report, Row } from "./report.ts";
import { deliveredBytes, prepareLoad, sendEvenly, sendLoad } from "./support/load.ts";
import type { Load } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import { cpuPerMillion } from "./support/system.ts";
import { startTarget } from "./support/target.ts";

export interface WorkersOptions {
  readonly processes: readonly number[];
  readonly events: number;
  readonly runs: number;
}

interface Run {
  /** Delivered, when sent as fast as they are taken. */
  readonly eventsPerSecond: number;
  /** Delivered, when sent at an even rate. */
  readonly eventsPerCpuSecond: number;
  /** CPU µs for each event that was delivered at that rate, by kind of process. */
  readonly apiCpu: number;
  readonly redisCpu: number;
  readonly workerCpu: number;
}

const BATCH_EVENTS = 10_000;
const EVENTS_PER_REQUEST = 1_000;
const WEBHOOKS = 4;
const LIMIT = `limited by the ${cpus().length} cores that all of them share: Redis' part of an event stays the same`;

/**
 * The same load over more and more processes: what they cost as such, where there are not more cores for them. That is
 * measured at half of the rate that one process of each kind takes, since processes that wait for a core cost what they
 * do not cost where each has one.
 */
export async function workers({ processes, events, runs }: WorkersOptions): Promise<Report> {
  const load = prepareLoad({ events, eventsPerRequest: EVENTS_PER_REQUEST });
  const measured = new Map<number, Run[]>(processes.map((count) => [count, []]));
  for (let run = 0; run < runs; run++) {
    let pace: number | undefined;
    for (const [count, list] of measured) {
      progress(`workers, ${count} of each kind, run ${run + 1} of ${runs}`);
      const one = await measure(load, count, pace);
      pace ??= one.requestsPerSecond;
      list.push(one);
    }
  }
  const of = (count: number, figure: keyof Run): number =>
    median((measured.get(count) ?? []).map((run) => run[figure]));
  const [first = 1, ...others] = processes;
  return {
    scenario: "workers",
    about: `${events} events, ${EVENTS_PER_REQUEST} a request, to ${WEBHOOKS} webhooks, so many API and as many worker processes, after as many events to warm up: as fast as they are taken, and for CPU at half of the rate that the first took; medians of ${runs} runs`,
    rows: Object.fromEntries(
      processes.map((count): [string, Row] => [
        `${count} + ${count} processes`,
        {
          "delivered events/s": Math.round(of(count, "eventsPerSecond")),
          "delivered events/CPU-second": Math.round(of(count, "eventsPerCpuSecond")),
          "CPU µs/event API": shown(of(count, "apiCpu")),
          "CPU µs/event Redis": shown(of(count, "redisCpu")),
          "CPU µs/event worker": shown(of(count, "workerCpu")),
          "of the first": shown(of(count, "eventsPerCpuSecond") / of(first, "eventsPerCpuSecond")),
        },
      ]),
    ),
    goals: others.map((count) => ({
      name: `events/CPU-second of ${count} + ${count} processes, of those of ${first} + ${first}`,
      measured: of(count, "eventsPerCpuSecond") / of(first, "eventsPerCpuSecond"),
      atLeast: 0.9,
      limit: LIMIT,
    })),
  };
}

/** `pace` = requests/s; half of what is taken here unless given. */
async function measure(
  load: Load,
  count: number,
  pace: number | undefined,
): Promise<Run & { readonly requestsPerSecond: number }> {
  const target = await startTarget();
  const posthorn = await startPosthorn({ apis: count, workers: count });
  try {
    for (let n = 0; n < WEBHOOKS; n++) await posthorn.createWebhook(`${target.url}/${n}`);
    const delivered = load.events * WEBHOOKS;
    const deliverAll = async (send: () => Promise<void>): Promise<number> => {
      const startedAt = performance.now();
      const expectedBytes = target.received().bytes + WEBHOOKS * deliveredBytes(load, BATCH_EVENTS);
      await Promise.all([target.until(({ bytes }) => bytes >= expectedBytes), send()]);
      return (performance.now() - startedAt) / 1_000;
    };
    // What each process needs to get going is no matter of how many there are.
    await deliverAll(() => sendLoad(load, posthorn.urls));
    const seconds = await deliverAll(() => sendLoad(load, posthorn.urls));
    const requestsPerSecond = pace ?? load.bodies.length / seconds / 2;
    const cpu = await cpuPerMillion(posthorn, delivered, () =>
      deliverAll(() => sendEvenly(load, posthorn.urls, requestsPerSecond)),
    );
    return {
      requestsPerSecond,
      eventsPerSecond: delivered / seconds,
      eventsPerCpuSecond: 1_000_000 / (cpu["all"] ?? Number.NaN),
      apiCpu: cpu["api"] ?? 0,
      redisCpu: cpu["redis"] ?? 0,
      workerCpu: cpu["worker"] ?? 0,
    };
  } finally {
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}
