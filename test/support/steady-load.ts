import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { event } from "./stack.ts";
import type { Stack } from "./stack.ts";

/** Requests that come one after the other from several senders, each repeated under its key until it is answered with 200. */
export interface SteadyLoad {
  /** The numbers of the events that were acknowledged. */
  readonly accepted: number[];
  /** Those of them whose request had no answer, or none that counts, at first. */
  readonly repeated: ReadonlySet<number>;
  /** Answers that no sender should get. */
  readonly refusals: string[];
  /** The longest time in which nothing was acknowledged since the last call of this. */
  longestGapMs(): number;
  /** Sends nothing more; resolves when everything that was begun is acknowledged. */
  stop(): Promise<void>;
}

export const SENDERS = 4;
const EVENTS_A_REQUEST = 20;
const PAUSE_MS = 20;
const REPEAT_AFTER_MS = 200;

export function startLoad({ call }: Pick<Stack, "call">): SteadyLoad {
  const accepted: number[] = [];
  const repeated = new Set<number>();
  const refusals: string[] = [];
  let isSending = true;
  let next = 0;
  let acceptedAtMs = performance.now();
  let longestMs = 0;

  const sendOne = async (): Promise<void> => {
    const numbers = Array.from({ length: EVENTS_A_REQUEST }, () => next++);
    const events = numbers.map((n) => event(n));
    const key = randomUUID();
    for (;;) {
      const answer = await call("POST", "/api/v1/events", events, { "idempotency-key": key }).catch(String);
      if (typeof answer !== "string" && answer.status === 200) break;
      if (typeof answer === "string") refusals.push(answer);
      else if (![503, 409].includes(answer.status)) refusals.push(`${answer.status} ${JSON.stringify(answer.body)}`);
      else if (answer.headers.get("retry-after") === null) refusals.push(`${answer.status} without Retry-After`);
      for (const n of numbers) repeated.add(n);
      await delay(REPEAT_AFTER_MS);
    }
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - acceptedAtMs);
    acceptedAtMs = nowMs;
    accepted.push(...numbers);
  };

  const ended = Promise.all(
    Array.from({ length: SENDERS }, async () => {
      while (isSending) {
        await sendOne();
        await delay(PAUSE_MS);
      }
    }),
  );
  return {
    accepted,
    repeated,
    refusals,
    longestGapMs: () => {
      const gapMs = Math.max(longestMs, performance.now() - acceptedAtMs);
      longestMs = 0;
      return gapMs;
    },
    stop: async () => {
      isSending = false;
      await ended;
    },
  };
}
