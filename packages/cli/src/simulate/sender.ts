import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { reasonOf } from "../client/api-client.ts";

/** What came of one request and its repeats. */
export type SendResult =
  | { readonly kind: "accepted"; readonly accepted: number }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  /** Nothing was accepted for as long as was to be waited for, or never will be. */
  | { readonly kind: "gave-up"; readonly why: string }
  /** The signal ended the wait before an answer; whether the events were stored is unknown. */
  | { readonly kind: "interrupted" };

export interface Sender {
  /** Sends events, one per line, and repeats under the same `Idempotency-Key` until they are accepted or refused. */
  send(ndjson: Uint8Array | string): Promise<SendResult>;
}

interface SenderOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly signal: AbortSignal;
  /** It gives up when nothing was accepted for so long while it was trying ... */
  readonly patienceMs: number;
  /** ... but not before this is over as well, from now. */
  readonly durationMs: number;
  /** Told before each repeat why it is needed. */
  readonly onRepeat: (why: string) => void;
}

type Answer =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfterMs: number | null; readonly text: string }
  | { readonly kind: "unreachable"; readonly why: string; readonly isForGood: boolean };

const ANSWER_PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Sends the way a mail server should: an answer that may be lost is asked for again, never taken for granted. */
export function createSender({ url, apiKey, signal, patienceMs, durationMs, onRepeat }: SenderOptions): Sender {
  let giveUpAtMs = performance.now() + durationMs + patienceMs;
  const post = async (ndjson: Uint8Array | string, idempotencyKey: string): Promise<Answer> => {
    try {
      const response = await fetch(`${url}/api/v1/events`, {
        method: "POST",
        headers: {
          authorization: apiKey,
          "content-type": "application/x-ndjson",
          "idempotency-key": idempotencyKey,
        },
        body: ndjson,
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_PATIENCE_MS)]),
      });
      const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
      return {
        kind: "answered",
        status: response.status,
        retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
        text: await response.text(),
      };
    } catch (error) {
      const why = reasonOf(error);
      return { kind: "unreachable", why, isForGood: LASTING.test(why) };
    }
  };

  return {
    send: async (ndjson) => {
      const idempotencyKey = randomUUID();
      let hasFailed = false;
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
        const answer = await post(ndjson, idempotencyKey);
        if (answer.kind === "answered") {
          if (answer.status === 200) {
            giveUpAtMs = Math.max(giveUpAtMs, performance.now() + patienceMs);
            return { kind: "accepted", accepted: acceptedOf(answer.text) };
          }
          if (!isWorthRepeating(answer.status)) {
            return { kind: "refused", status: answer.status, message: answer.text };
          }
        }
        if (signal.aborted) return { kind: "interrupted" };
        const isAnswered = answer.kind === "answered";
        const why = isAnswered ? `${url} answers ${answer.status}` : `${url} does not answer (${answer.why})`;
        // While there was nothing to send, nothing was waited for.
        if (!hasFailed) giveUpAtMs = Math.max(giveUpAtMs, performance.now() + patienceMs);
        hasFailed = true;
        const leftMs = giveUpAtMs - performance.now();
        if (leftMs <= 0 || (!isAnswered && answer.isForGood)) return { kind: "gave-up", why };
        onRepeat(`${why}: repeating${isAnswered ? "" : "; is Posthorn running there?"}`);
        const waitMs = Math.min((isAnswered ? answer.retryAfterMs : null) ?? pauseMs, leftMs);
        await delay(waitMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return { kind: "interrupted" };
      }
    },
  };
}

/** What no repeat will change: ports that `fetch` never calls, and certificates that are not trusted. */
const LASTING = /^bad port$|CERT|^ERR_TLS|^ERR_SSL|^UNABLE_TO_VERIFY/;

/** A conflict means that the same request is still being worked on; 429 and 5xx say nothing about the events. */
function isWorthRepeating(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function acceptedOf(text: string): number {
  try {
    const { results } = JSON.parse(text) as { readonly results?: { readonly accepted?: unknown } };
    return typeof results?.accepted === "number" ? results.accepted : 0;
  } catch {
    return 0;
  }
}
