import { DomainError, sizeText } from "@posthorn/core";

/** How slowly a body may come. */
export interface BodyPace {
  /** Until then it may come as it likes. */
  readonly graceMs: number;
  /** Of the whole time. */
  readonly bytesPerSecond: number;
}

/** As often as this the pace is looked at, in the grace. */
const STEPS = 10;

/** Passes a body on; throws `TOO_SLOW` as soon as it comes too slowly. */
export async function* atPace(
  source: AsyncIterable<Buffer>,
  { graceMs, bytesPerSecond }: BodyPace,
): AsyncGenerator<Buffer> {
  const parts = source[Symbol.asyncIterator]();
  const stepMs = graceMs / STEPS;
  let bytes = 0;
  let steps = 0;
  let timer: NodeJS.Timeout | undefined;
  const isTooSlow = new Promise<"too-slow">((resolve) => {
    // Counted in steps: while this process stands still, a sender can do nothing for its pace.
    timer = setInterval(() => {
      steps += 1;
      if (steps >= STEPS && bytes * 1_000 < bytesPerSecond * steps * stepMs) resolve("too-slow");
    }, stepMs);
  });
  try {
    for (;;) {
      const part = await Promise.race([parts.next(), isTooSlow]);
      if (part === "too-slow") throw tooSlow(bytesPerSecond);
      if (part.done === true) return;
      bytes += part.value.length;
      yield part.value;
    }
  } finally {
    clearInterval(timer);
    // It ends with the next part, or with the connection, for which nobody waits here.
    parts.return?.().catch(() => undefined);
  }
}

function tooSlow(bytesPerSecond: number): DomainError {
  return new DomainError(
    "TOO_SLOW",
    [
      {
        message: `The body came more slowly than ${sizeText(bytesPerSecond)} a second: repeat the request, with fewer events if the line is slow`,
      },
    ],
    { retryAfterSeconds: 1 },
  );
}
