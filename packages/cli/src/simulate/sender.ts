import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { reasonOf } from "../client/api-client.ts";

/** What came of one request and its repeats. */
export type SendResult =
  | { readonly kind: "accepted"; readonly accepted: number }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
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
  /** Told before each repeat why it is needed. */
  readonly onRepeat: (why: string) => void;
}

type Answer =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfterMs: number | null; readonly text: string }
  | { readonly kind: "unreachable"; readonly why: string };

const ANSWER_PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Sends the way a mail server should: an answer that may be lost is asked for again, never taken for granted. */
export function createSender({ url, apiKey, signal, onRepeat }: SenderOptions): Sender {
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
      return { kind: "unreachable", why: reasonOf(error) };
    }
  };

  return {
    send: async (ndjson) => {
      const idempotencyKey = randomUUID();
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
        const answer = await post(ndjson, idempotencyKey);
        if (answer.kind === "answered") {
          if (answer.status === 200) return { kind: "accepted", accepted: acceptedOf(answer.text) };
          if (!isWorthRepeating(answer.status)) {
            return { kind: "refused", status: answer.status, message: answer.text };
          }
        }
        if (signal.aborted) return { kind: "interrupted" };
        onRepeat(
          answer.kind === "answered"
            ? `${url} answers ${answer.status}: repeating`
            : `${url} does not answer (${answer.why}): repeating; is Posthorn running there?`,
        );
        const waitMs = (answer.kind === "answered" ? answer.retryAfterMs : null) ?? pauseMs;
        await delay(waitMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return { kind: "interrupted" };
      }
    },
  };
}

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
