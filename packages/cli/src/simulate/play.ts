import { setTimeout as delay } from "node:timers/promises";
import type { Options } from "./options.ts";
import { eventsOf } from "./origin.ts";
import type { OutgoingEvent } from "./origin.ts";
import type { Sender } from "./sender.ts";
import type { Tally } from "./tally.ts";

interface PlayParts {
  readonly options: Options;
  readonly sender: Sender;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly onAccepted: () => void;
}

/** How the play ended. */
export type Ending =
  | { readonly kind: "complete" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "gave-up"; readonly why: string }
  | { readonly kind: "refused"; readonly status: number; readonly message: string };

const LINE_END = Buffer.from("\n");
/** Requests are this far apart unless a full one is due sooner. */
const PACE_MS = 250;
/** Well below the largest body that Posthorn takes, however long the lines of a file are. */
const REQUEST_BYTES = 8 * 1024 ** 2;

/** Sends what the origin gives, at its rate, one request after the other; ends early when one is refused or never answered. */
export async function play({ options, sender, tally, signal, onAccepted }: PlayParts): Promise<Ending> {
  const { origin, requestEvents } = options;
  const events = eventsOf(origin, Date.now());
  const startedMs = performance.now();
  let taken = 0;
  let kept: OutgoingEvent | undefined;

  const dueNow = async (): Promise<number> => {
    if (origin.eventsPerSecond === null) return requestEvents;
    const nextRequestMs = performance.now() + PACE_MS;
    for (;;) {
      const due = Math.floor(((performance.now() - startedMs) / 1_000) * origin.eventsPerSecond) - taken;
      if (due >= requestEvents) return requestEvents;
      const waitMs = Math.min(
        nextRequestMs - performance.now(),
        ((requestEvents - due) / origin.eventsPerSecond) * 1_000,
      );
      if ((waitMs <= 0 && due > 0) || signal.aborted) return Math.max(due, 0);
      await delay(Math.max(1, waitMs), undefined, { signal }).catch(() => undefined);
    }
  };

  const nextRequest = async (count: number): Promise<OutgoingEvent[]> => {
    const request: OutgoingEvent[] = [];
    for (let bytes = 0; request.length < count;) {
      const next = kept ?? (await events.next()).value;
      kept = undefined;
      if (next === undefined) break;
      bytes += next.text.byteLength + 1;
      if (bytes > REQUEST_BYTES && request.length > 0) {
        kept = next;
        break;
      }
      request.push(next);
    }
    return request;
  };

  for (;;) {
    const request = await nextRequest(await dueNow());
    if (signal.aborted) return { kind: "interrupted" };
    if (request.length === 0) return { kind: "complete" };
    taken += request.length;
    tally.requests += 1;
    const result = await sender.send(Buffer.concat(request.flatMap(({ text }) => [text, LINE_END])));
    switch (result.kind) {
      case "accepted":
        tally.accepted += result.accepted;
        for (const { type } of request) tally.count(type);
        onAccepted();
        break;
      case "refused":
      case "gave-up":
      case "interrupted":
        return result;
    }
  }
}
