import { setTimeout as delay } from "node:timers/promises";
import { progress, shown } from "./report.ts";
import type { Report } from "./report.ts";
import { createSender, marked, prepareLoad, sendLoad } from "./support/load.ts";
import type { Sender } from "./support/load.ts";
import { median, quantile } from "./support/numbers.ts";
import { startPosthorn } from "./support/posthorn.ts";
import { startTarget } from "./support/target.ts";

export interface LatencyOptions {
  readonly seconds: number;
  /** Sent as fast as possible first, to learn what half of the load is. */
  readonly warmUpEvents: number;
  /** All their batches are looked at together. */
  readonly runs: number;
}

interface Run {
  /** Events/s that the machine took as fast as it could. */
  readonly highest: number;
  readonly full: readonly number[];
  readonly overshoot: readonly number[];
}

const BATCH_EVENTS = 10_000;
const EVENTS_PER_REQUEST = 100;
const FULL_LIMIT = "taken to be the transfer of 9 MB from Redis to the socket, beside all else on the same cores";
const WINDOW_MS = 2_000;
/** Webhooks with a few events of their own, whose batches wait for their window to end. */
const SLOW_WEBHOOKS = 50;
const FIRST_SUBACCOUNT = 1_000;
const SLOW_EVENT = '{"msys":{"message_event":{"type":"delivery","subaccount_id":"$"}}}';

/** How long events wait beyond what their batch has to wait, at half of the load that this machine can take. */
export async function latency({ seconds, warmUpEvents, runs }: LatencyOptions): Promise<Report> {
  const measured: Run[] = [];
  for (let run = 0; run < runs; run++) {
    progress(`latency, run ${run + 1} of ${runs}`);
    measured.push(await measure(seconds, warmUpEvents));
  }
  const full = measured.flatMap((run) => run.full);
  const overshoot = measured.flatMap((run) => run.overshoot);
  return {
    scenario: "latency",
    about:
      `half of ${Math.round(median(measured.map(({ highest }) => highest)))} events/s, ${EVENTS_PER_REQUEST} a request, ` +
      `for ${seconds} s, ${runs} times; batches of ${BATCH_EVENTS}, windows of ${WINDOW_MS} ms of ${SLOW_WEBHOOKS} ` +
      `webhooks with few events; in ms`,
    rows: {
      "full batches: answer → received": figures(full),
      "windows: overshoot": figures(overshoot),
    },
    goals: [
      {
        name: "full batch, answer → received, p99 ms",
        measured: quantile(full, 0.99),
        atMost: 100,
        limit: FULL_LIMIT,
      },
      { name: "window's overshoot, p99 ms", measured: quantile(overshoot, 0.99), atMost: 250 },
    ],
  };
}

async function measure(seconds: number, warmUpEvents: number): Promise<Run> {
  const target = await startTarget({ wantsMarks: true });
  const posthorn = await startPosthorn({ env: { BATCH_MAX_WAIT: `${WINDOW_MS}ms` } });
  const sender = createSender(posthorn.urls);
  try {
    await posthorn.createWebhook(`${target.url}/full`);
    for (let n = 0; n < SLOW_WEBHOOKS; n++) {
      await posthorn.createWebhook(`${target.url}/slow`, { subaccount: FIRST_SUBACCOUNT + n });
    }
    const warmUp = prepareLoad({ events: warmUpEvents, eventsPerRequest: EVENTS_PER_REQUEST });
    const startedAt = performance.now();
    const before = target.received().bytes;
    await sendLoad(warmUp, posthorn.urls);
    await target.until(({ bytes }) => bytes - before > warmUp.textBytes);
    const highest = (warmUpEvents / (performance.now() - startedAt)) * 1_000;
    const requestsPerSecond = highest / EVENTS_PER_REQUEST / 2;

    progress(`latency, ${seconds} s at ${Math.round(requestsPerSecond)} requests/s`);
    const { answeredAtMs, sentAtMs, lastMarks } = await sendSteadily(sender, { requestsPerSecond, seconds });
    await target.until(() => target.marks.some((mark) => mark.path === "/full" && lastMarks.has(mark.last)));
    await delay(2 * WINDOW_MS);

    // The test POSTs of the webhooks and the warm-up carry no marks.
    const marks = target.marks.filter(({ first, last: end }) => first >= 0 && answeredAtMs.has(end));
    // What the end of its window has sealed, as the last one, is smaller.
    const fullBytes = 0.9 * BATCH_EVENTS * (warmUp.textBytes / warmUp.events);
    return {
      highest,
      full: marks
        .filter(({ path, bytes }) => path === "/full" && bytes > fullBytes)
        .map((mark) => mark.atMs - (answeredAtMs.get(mark.last) ?? 0)),
      overshoot: marks
        .filter(({ path }) => path === "/slow")
        .map((mark) => mark.atMs - (sentAtMs.get(mark.first) ?? 0) - WINDOW_MS),
    };
  } finally {
    sender.close();
    await Promise.all([posthorn.stop(), target.stop()]);
  }
}

function figures(list: readonly number[]) {
  const at = (share: number): number => shown(quantile(list, share));
  return { batches: list.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: shown(Math.max(...list)) };
}

interface Sent {
  readonly sentAtMs: ReadonlyMap<number, number>;
  readonly answeredAtMs: ReadonlyMap<number, number>;
  /** Of the requests of the last half second. */
  readonly lastMarks: ReadonlySet<number>;
}

/** Sends at an even rate, whatever the answers take; each tenth request is for one of the slow webhooks. */
async function sendSteadily(
  sender: Sender,
  { requestsPerSecond, seconds }: { readonly requestsPerSecond: number; readonly seconds: number },
): Promise<Sent> {
  const requests = Math.round(requestsPerSecond * seconds);
  const load = prepareLoad({
    events: requests * EVENTS_PER_REQUEST,
    eventsPerRequest: EVENTS_PER_REQUEST,
    firstMark: 0,
  });
  const sentAtMs = new Map<number, number>();
  const answeredAtMs = new Map<number, number>();
  const post = async (mark: number, body: Buffer): Promise<void> => {
    sentAtMs.set(mark, performance.timeOrigin + performance.now());
    await sender.post(body);
    answeredAtMs.set(mark, performance.timeOrigin + performance.now());
  };
  const posts: Promise<void>[] = [];
  const startedAt = performance.now();
  for (const [index, body] of load.bodies.entries()) {
    posts.push(post(index, body));
    if (index % 10 === 0) {
      const subaccount = FIRST_SUBACCOUNT + ((index / 10) % SLOW_WEBHOOKS);
      const own = requests + index / 10;
      posts.push(post(own, Buffer.from(`[${marked(SLOW_EVENT.replace("$", String(subaccount)), own)}]`)));
    }
    const dueMs = startedAt + ((index + 1) * 1_000) / requestsPerSecond;
    if (dueMs > performance.now()) await delay(dueMs - performance.now());
  }
  await Promise.all(posts);
  const lastAtMs = Math.max(...sentAtMs.values());
  const lastMarks = new Set([...sentAtMs].filter(([, atMs]) => atMs > lastAtMs - 500).map(([mark]) => mark));
  return { sentAtMs, answeredAtMs, lastMarks };
}
