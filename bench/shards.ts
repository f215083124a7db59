import { cpus } from "node:os";
import { progress, shown } from "./report.ts";
import type { Report, Row } from "./report.ts";
import { sendLoad } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import type { Posthorn } from "./support/posthorn.ts";
import { cpuSecondsOf } from "./support/processes.ts";
import { cpuPerMillion } from "./support/system.ts";
import { startTarget } from "./support/target.ts";

export interface ShardsOptions {
  readonly masters: readonly number[];
  readonly events: number;
  readonly runs: number;
}

interface Run {
  readonly eventsPerSecond: number;
  /** CPU µs for each event, by kind of process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** The largest share of Redis' CPU that one master had. */
  readonly busiest: number;
}

const BATCH_EVENTS = 1_000;
const WEBHOOKS = 32;
const WEBHOOKS_PER_REQUEST = 4;
const EVENTS_PER_WEBHOOK = 250;

/** The same load on one Redis, and on Clusters of more and more masters: what a master of a Cluster costs and takes. */
export async function shards({ masters, events, runs }: ShardsOptions): Promise<Report> {
  const bodies = prepareBodies(events);
  const cases: readonly (number | undefined)[] = [undefined, ...masters];
  const mastersOf = new Map(cases.map((count) => [nameOf(count), count ?? 1]));
  const measured = new Map(cases.map((count): [string, Run[]] => [nameOf(count), []]));
  for (let run = 0; run < runs; run++) {
    for (const count of cases) {
      progress(`shards, ${nameOf(count)}, run ${run + 1} of ${runs}`);
      measured.get(nameOf(count))?.push(await measure(bodies, events, count));
    }
  }
  const of = (name: string, figure: (run: Run) => number): number => median((measured.get(name) ?? []).map(figure));
  const redisCpu = (name: string): number => of(name, ({ cpu }) => cpu["redis"] ?? 0);
  const perMaster = (name: string): number => redisCpu(name) * of(name, ({ busiest }) => busiest);
  return {
    scenario: "shards",
    about: `${events} events for ${WEBHOOKS} webhooks, each with its own, ${WEBHOOKS_PER_REQUEST * EVENTS_PER_WEBHOOK} a request and ${BATCH_EVENTS} a batch, after as many to warm up; ${cpus().length} cores for all; medians of ${runs} runs`,
    rows: Object.fromEntries(
      [...measured.keys()].map((name): [string, Row] => [
        name,
        {
          "events/s": Math.round(of(name, ({ eventsPerSecond }) => eventsPerSecond)),
          "events/s per master": Math.round(
            of(name, ({ eventsPerSecond }) => eventsPerSecond) / (mastersOf.get(name) ?? 1),
          ),
          "CPU µs/event API": shown(of(name, ({ cpu }) => cpu["api"] ?? 0)),
          "CPU µs/event worker": shown(of(name, ({ cpu }) => cpu["worker"] ?? 0)),
          "CPU µs/event Redis": shown(redisCpu(name)),
          "of it the busiest master": shown(of(name, ({ busiest }) => busiest)),
          // What all masters could take together, if each had a core and nothing else were in the way.
          "events/s that Redis allows": Math.round(1_000_000 / perMaster(name)),
        },
      ]),
    ),
    goals: [],
  };
}

function nameOf(masters: number | undefined): string {
  if (masters === undefined) return "one Redis";
  return `Cluster of ${masters} master${masters === 1 ? "" : "s"}`;
}

async function measure(bodies: readonly Buffer[], events: number, masters: number | undefined): Promise<Run> {
  const target = await startTarget();
  // As many partitions in each case: they cost something, too.
  const env = { BATCH_MAX_EVENTS: String(BATCH_EVENTS), PARTITIONS: "16" };
  const posthorn = await startPosthorn({ masters, env });
  try {
    for (let subaccount = 1; subaccount <= WEBHOOKS; subaccount++) {
      await posthorn.createWebhook(target.url, { subaccount });
    }
    const deliverAll = async (): Promise<void> => {
      const expected = target.received().batches + events / BATCH_EVENTS;
      await Promise.all([target.until(({ batches }) => batches >= expected), sendLoad({ bodies }, posthorn.urls)]);
    };
    await deliverAll();
    let seconds = 0;
    const before = cpuOfShards(posthorn);
    const cpu = await cpuPerMillion(posthorn, events, async () => {
      const startedAt = performance.now();
      await deliverAll();
      seconds = (performance.now() - startedAt) / 1_000;
    });
    const used = cpuOfShards(posthorn).map((after, index) => after - (before[index] ?? 0));
    const total = used.reduce((sum, one) => sum + one, 0);
    return { eventsPerSecond: events / seconds, cpu, busiest: Math.max(...used) / total };
  } finally {
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}

function cpuOfShards({ shards: masters }: Posthorn): number[] {
  return masters.map((redis) => cpuSecondsOf(redis.pid()));
}

/** Each request has events of some webhooks; over all of them each webhook gets as many, and full batches. */
function prepareBodies(events: number): Buffer[] {
  const filler = "x".repeat(800);
  const bodies: Buffer[] = [];
  for (let sent = 0; sent < events / EVENTS_PER_WEBHOOK; sent += WEBHOOKS_PER_REQUEST) {
    const texts: string[] = [];
    for (let n = sent; n < sent + WEBHOOKS_PER_REQUEST; n++) {
      const subaccount = (n % WEBHOOKS) + 1;
      const text = `{"msys":{"message_event":{"type":"delivery","subaccount_id":"${subaccount}","rcpt_meta":{"filler":"${filler}"}}}}`;
      for (let event = 0; event < EVENTS_PER_WEBHOOK; event++) texts.push(text);
    }
    bodies.push(Buffer.from(`[${texts.join(",")}]`));
  }
  return bodies;
}
