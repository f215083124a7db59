import { freePort } from "../../test/support/free-port.ts";
import { startBenchProcess } from "./processes.ts";
import type { Mark, SinkMessage, SinkOrder } from "./sink.ts";

export type Received = Omit<SinkMessage, "marks">;

/** The target of a measurement, in a process of its own. */
export interface Target {
  readonly url: string;
  readonly received: () => Received;
  /** The batches that came, where it was asked for marks. */
  readonly marks: readonly Mark[];
  /** Resolves when so much has come since it was started. */
  until(isEnough: (received: Received) => boolean): Promise<void>;
  /** With which status it answers from now on, or not at all; only what is answered with 200 counts as a batch. */
  answer(status: SinkOrder["status"]): void;
  stop(): Promise<void>;
}

/** Nothing has come for this long: something is wrong, and the measurement ends. */
const SILENCE_MAX_MS = 60_000;

export async function startTarget({ wantsMarks = false } = {}): Promise<Target> {
  const port = await freePort();
  const sink = await startBenchProcess("support/sink.ts", [String(port), ...(wantsMarks ? ["marks"] : [])]);
  const marks: Mark[] = [];
  let received: Received = { batches: 0, bytes: 0, hanging: 0 };
  const waiting = new Set<() => void>();
  sink.child.on("message", (message: SinkMessage) => {
    received = {
      batches: received.batches + message.batches,
      bytes: received.bytes + message.bytes,
      hanging: received.hanging + message.hanging,
    };
    marks.push(...message.marks);
    for (const check of waiting) check();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    received: () => received,
    marks,
    until: (isEnough) =>
      new Promise((resolve, reject) => {
        let silence: NodeJS.Timeout | undefined;
        const check = (): void => {
          clearTimeout(silence);
          if (isEnough(received)) {
            waiting.delete(check);
            return resolve();
          }
          silence = setTimeout(() => {
            waiting.delete(check);
            reject(new Error(`nothing has arrived for ${SILENCE_MAX_MS / 1_000} s, after ${JSON.stringify(received)}`));
          }, SILENCE_MAX_MS);
        };
        waiting.add(check);
        check();
      }),
    answer: (status) => {
      sink.child.send({ status } satisfies SinkOrder);
    },
    stop: () => sink.stop(),
  };
}
