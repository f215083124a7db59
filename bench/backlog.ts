import { setTimeout as delay } from "node:timers/promises";
import { progress, shown } from "./report.ts";
import type { Report } from "./report.ts";
import { deliveredBytes, prepareLoad, sendLoad } from "./support/load.ts";
import type { Load } from "./support/load.ts";
import { startPosthorn } from "./support/posthorn.ts";
import type { Posthorn } from "./support/posthorn.ts";
import { redisStats } from "./support/redis-stats.ts";
import { startTarget } from "./support/target.ts";

export interface BacklogOptions {
  readonly events: number;
  readonly eventsPerRequest: readonly number[];
}

const BATCH_EVENTS = 10_000;
/** Bodies are made once and sent again and again: what compresses is inside a chunk. */
const PREPARED_EVENTS_MAX = 100_000;
const LOOK_EVERY_MS = 500;
/** So often in a row nothing has changed: nothing more is going to be packed. */
const QUIET_LOOKS = 6;

/** What waits for a target that is down, what that costs, and how fast it drains when the target is back. */
export async function backlog({ events, eventsPerRequest }: BacklogOptions): Promise<Report> {
  const measured = [];
  for (const perRequest of eventsPerRequest) {
    progress(`backlog, ${events} events, ${perRequest} a request`);
    measured.push({ perRequest, ...(await measure(events, perRequest)) });
  }
  return {
    scenario: "backlog",
    about: `${events} events for a target that answers 503, then drained; one run`,
    rows: Object.fromEntries(
      measured.map(({ perRequest, ...run }) => [
        `${perRequest} a request`,
        {
          "JSON bytes/event": Math.round(run.jsonBytes),
          "Redis bytes/event": Math.round(run.redisBytes),
          "of JSON": shown(run.redisBytes / run.jsonBytes),
          "stored events/s": Math.round(run.storedPerSecond),
          "drained events/s": Math.round(run.drainedPerSecond),
          "API MB before, most": run.apiMb.join(", "),
          "worker MB before, most": run.workerMb.join(", "),
        },
      ]),
    ),
    goals: measured.flatMap(({ perRequest, ...run }) => [
      {
        name: `Redis bytes of the event's JSON, ${perRequest} a request`,
        measured: run.redisBytes / run.jsonBytes,
        atMost: 0.2,
      },
      {
        name: `drained events/s of those stored, ${perRequest} a request`,
        measured: run.drainedPerSecond / run.storedPerSecond,
        atLeast: 1,
      },
    ]),
  };
}

async function measure(events: number, eventsPerRequest: number) {
  const prepared = Math.min(events, PREPARED_EVENTS_MAX);
  const once = prepareLoad({ events: prepared, eventsPerRequest });
  const rounds = Math.ceil(events / prepared);
  const load: Load = {
    bodies: Array.from({ length: rounds }, () => once.bodies).flat(),
    events: once.events * rounds,
    textBytes: once.textBytes * rounds,
  };
  const target = await startTarget();
  const posthorn = await startPosthorn();
  const memory = watchMemory(posthorn);
  try {
    const id = await posthorn.createWebhook(target.url);
    target.answer(503);
    const before = await redisStats(posthorn.redis.url);
    const startedAt = performance.now();
    await sendLoad(load, posthorn.urls);
    const storedPerSecond = (load.events / (performance.now() - startedAt)) * 1_000;
    progress("backlog, until nothing is packed any more");
    const dataBytes = (await whenQuiet(posthorn)) - before.dataBytes;

    progress("backlog, draining");
    const expectedBytes = target.received().bytes + deliveredBytes(load, BATCH_EVENTS);
    target.answer(200);
    const drainAt = performance.now();
    await posthorn.call("POST", `/webhooks/${id}/retry`);
    await target.until(({ bytes }) => bytes >= expectedBytes);
    return {
      jsonBytes: load.textBytes / load.events,
      redisBytes: dataBytes / load.events,
      storedPerSecond,
      drainedPerSecond: (load.events / (performance.now() - drainAt)) * 1_000,
      ...memory.end(),
    };
  } finally {
    memory.end();
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}

/** What Redis holds when it no longer gets less. */
async function whenQuiet({ redis }: Posthorn): Promise<number> {
  let least = Infinity;
  for (let quiet = 0; quiet < QUIET_LOOKS;) {
    await delay(LOOK_EVERY_MS);
    const { dataBytes } = await redisStats(redis.url);
    quiet = dataBytes < least * 0.995 ? 0 : quiet + 1;
    least = Math.min(least, dataBytes);
  }
  return least;
}

/** MB of the processes at the beginning and at most. */
function watchMemory({ apis, workers }: Posthorn) {
  const largest = (list: Posthorn["apis"]): number =>
    Math.round(Math.max(...list.map((one) => one.residentBytes())) / 1_000_000);
  const apiMb: [number, number] = [largest(apis), 0];
  const workerMb: [number, number] = [largest(workers), 0];
  const look = (): void => {
    apiMb[1] = Math.max(apiMb[1], largest(apis));
    workerMb[1] = Math.max(workerMb[1], largest(workers));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    end: () => {
      clearInterval(timer);
      return { apiMb, workerMb };
    },
  };
}
