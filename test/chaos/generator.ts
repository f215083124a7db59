import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { between, pick, seededRandom } from "../../packages/cli/src/simulate/random.ts";
import { eventText } from "./events.ts";
import type { Ledger } from "./ledger/ledger.ts";

/** A mail server: sends at a steady rate, and each request until it is answered. */
export interface Generator {
  /** Makes no new requests; resolves when all have been answered or patience is over, to how many have not. */
  finish(patienceMs: number): Promise<number>;
  /** Requests that still wait for their 200. */
  readonly unanswered: () => number;
  readonly totals: GeneratorTotals;
  /** Answers that no sender should get. */
  readonly refusals: readonly string[];
}

interface GeneratorTotals {
  requests: number;
  /** Under the same `Idempotency-Key`, because there was no answer, or none that counts. */
  repeats: number;
  /** Deliberate ones, after or beside a request that needs none. */
  echoes: number;
}

interface GeneratorOptions {
  readonly apiUrls: readonly string[];
  readonly apiKey: string;
  readonly eventsPerSecond: number;
  readonly seed: number;
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Many small requests, and now and then a large one. */
const REQUEST_EVENTS: readonly [number, number] = [1, 30];
const LARGE_REQUEST_EVENTS: readonly [number, number] = [100, 400];
const LARGE_EVERY = 12;
/** Requests under way at most: what cannot be sent waits, as it does in a mail server. */
const SENDERS = 24;
const ANSWER_PATIENCE_MS = 10_000;
const PAUSE_MAX_MS = 1_000;
/** So many requests in a hundred are sent once more when they were answered, or twice at the same time. */
const ECHO_PERCENT = 3;

interface Prepared {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

type Answer =
  | { readonly kind: "accepted"; readonly id: string }
  | { readonly kind: "again"; readonly waitMs: number | undefined };

export function startGenerator(options: GeneratorOptions): Generator {
  const { apiUrls, apiKey, eventsPerSecond, ledger, now } = options;
  const givingUp = new AbortController();
  const signal = AbortSignal.any([options.signal, givingUp.signal]);
  // Every request under way listens to it.
  setMaxListeners(0, signal);
  const random = seededRandom(options.seed);
  /** Which process is asked depends on the order of answers: it must not change what is sent. */
  const choice = seededRandom(options.seed + 1);
  const refusals: string[] = [];
  const totals: GeneratorTotals = { requests: 0, repeats: 0, echoes: 0 };
  let isEnding = false;
  let nextEvent = 0;
  let unanswered = 0;
  /** When the next request is due, by the rate. */
  let dueAtMs = now();

  const post = async ({ body, headers }: Prepared): Promise<Answer> => {
    try {
      const response = await fetch(`${pick(choice, apiUrls)}/api/v1/events`, {
        method: "POST",
        headers: { authorization: apiKey, ...headers },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_PATIENCE_MS)]),
      });
      const text = await response.text();
      if (response.status === 200) {
        const { results } = JSON.parse(text) as { readonly results: { readonly id: string } };
        return { kind: "accepted", id: results.id };
      }
      const retryAfter = response.headers.get("retry-after");
      if (![503, 409, 408].includes(response.status)) refusals.push(`${response.status} ${text}`);
      else if (retryAfter === null) refusals.push(`${response.status} without Retry-After: ${text}`);
      return { kind: "again", waitMs: retryAfter === null ? undefined : Number(retryAfter) * 1_000 };
    } catch {
      return { kind: "again", waitMs: undefined };
    }
  };

  const untilAccepted = async (prepared: Prepared): Promise<string | undefined> => {
    for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
      const answer = await post(prepared);
      if (answer.kind === "accepted") return answer.id;
      totals.repeats++;
      await delay(Math.min(answer.waitMs ?? pauseMs, PAUSE_MAX_MS), undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  };

  const sendOne = async (): Promise<void> => {
    const isLarge = between(random, 1, LARGE_EVERY) === 1;
    const count = between(random, ...(isLarge ? LARGE_REQUEST_EVENTS : REQUEST_EVENTS));
    dueAtMs = Math.max(dueAtMs, now() - 1_000) + (count / eventsPerSecond) * 1_000;
    const first = nextEvent;
    nextEvent += count;
    const prepared = prepare(first, count, between(random, 0, 3));
    const echo = between(random, 1, 100);
    const entry = ledger.send(first, count, now());
    totals.requests++;
    unanswered++;
    try {
      if (echo > ECHO_PERCENT) {
        if ((await untilAccepted(prepared)) !== undefined) entry.answeredAtMs = now();
        return;
      }
      totals.echoes++;
      const both = [untilAccepted(prepared)];
      if (echo === 1) await both[0];
      both.push(untilAccepted(prepared));
      const ids = await Promise.all(both);
      if (ids.includes(undefined)) return;
      if (ids[0] !== ids[1]) refusals.push(`one key was answered twice differently: ${ids.join(" and ")}`);
      entry.answeredAtMs = now();
    } finally {
      unanswered--;
    }
  };

  const sender = async (): Promise<void> => {
    while (!isEnding && !signal.aborted) {
      const waitMs = dueAtMs - now();
      if (waitMs <= 0) await sendOne();
      else await delay(Math.min(waitMs, 100));
    }
  };
  const senders = Promise.all(Array.from({ length: SENDERS }, sender));

  return {
    refusals,
    totals,
    unanswered: () => unanswered,
    finish: async (patienceMs) => {
      isEnding = true;
      const patience = setTimeout(() => givingUp.abort(), patienceMs);
      await senders;
      clearTimeout(patience);
      return ledger.requests.filter(({ answeredAtMs }) => answeredAtMs === undefined).length;
    },
  };
}

/** A request as an array or line by line, compressed or not. */
function prepare(first: number, count: number, form: number): Prepared {
  const texts = Array.from({ length: count }, (_, index) => eventText(first + index));
  const isArray = form % 2 === 0;
  const text = Buffer.from(isArray ? `[${texts.join(",")}]` : texts.join("\n"));
  return {
    body: Uint8Array.from(form < 2 ? text : gzipSync(text)),
    headers: {
      "content-type": isArray ? "application/json" : "application/x-ndjson",
      "idempotency-key": randomUUID(),
      ...(form < 2 ? {} : { "content-encoding": "gzip" }),
    },
  };
}
