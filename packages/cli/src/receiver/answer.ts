import type { Behaviour, Options } from "./options.ts";
import type { Received } from "./received.ts";

/** What the target does with one request. */
export interface Answer {
  readonly behaviour: Behaviour;
  readonly delayMs: number;
  /** Sent as the body of the answer, for whoever looks at it. */
  readonly text: string;
}

const OK: Answer = { behaviour: { kind: "status", status: 200 }, delayMs: 0, text: "" };

/** Decides what to answer; `triesBefore` counts the tries of batches so far. */
export function answerFor(
  received: Received,
  token: string | undefined,
  triesBefore: number,
  { behaviour, delayMs, recoverAfterTries, token: expected }: Options,
): Answer {
  if (expected !== null && token !== expected) return refusal(401, token === undefined ? "no token" : "wrong token");
  switch (received.kind) {
    case "test":
      return OK;
    case "other":
      return refusal(400, `no batch: ${received.why}`);
    case "batch":
      if (recoverAfterTries !== null && triesBefore >= recoverAfterTries) return OK;
      return { behaviour, delayMs, text: "" };
  }
}

function refusal(status: number, text: string): Answer {
  return { behaviour: { kind: "status", status }, delayMs: 0, text };
}
