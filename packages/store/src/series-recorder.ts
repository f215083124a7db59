import type { WebhookId } from "@posthorn/core";
import type { WebhookPlace } from "./batch-actions.ts";
import { addFlow, noFlow } from "./flow.ts";
import type { Flow } from "./flow.ts";

/** Takes down what passes, and has it written together from time to time: a chart needs no more. */
export interface SeriesRecorder {
  /** So many events were stored for these webhooks of a partition. */
  appended(partition: number, webhooks: readonly WebhookId[], events: number): void;
  /** So many events were accepted in all. */
  accepted(events: number): void;
  /** An attempt ended. */
  attempted(
    place: WebhookPlace,
    attempt: { readonly isSuccess: boolean; readonly events: number; readonly latencyMs: number },
  ): void;
  /** What waits for the webhook has changed in another way. */
  touched(place: WebhookPlace): void;
  /** Writes what has been taken down. Never throws: what cannot be written is kept for the next time. */
  flush(): Promise<void>;
  /** Writes for the last time. */
  stop(): Promise<void>;
}

interface RecorderOptions {
  /** Adds to the series of some webhooks of a partition. */
  readonly write: (partition: number, flows: readonly (readonly [WebhookId, Flow])[]) => Promise<void>;
  /** Adds to the series of everything together. */
  readonly writeTotal: (flow: Flow, storedBytes: number) => Promise<void>;
  readonly storedBytes: () => number;
  readonly onError: (error: unknown) => void;
}

/** What is not written yet is lost with its process: no more than this. */
const FLUSH_EVERY_MS = 10_000;
/** As many webhooks at a time keep Redis busy for half a millisecond. */
const WEBHOOKS_PER_WRITE = 100;

type Flows = Map<number, Map<WebhookId, Flow>>;

export function startSeriesRecorder({ write, writeTotal, storedBytes, onError }: RecorderOptions): SeriesRecorder {
  let flows: Flows = new Map();
  let total: Flow | undefined;
  let writtenBytes: number | undefined;

  const flowOf = (partition: number, webhook: WebhookId): Flow => {
    let ofPartition = flows.get(partition);
    if (ofPartition === undefined) flows.set(partition, (ofPartition = new Map<WebhookId, Flow>()));
    let flow = ofPartition.get(webhook);
    if (flow === undefined) ofPartition.set(webhook, (flow = noFlow()));
    return flow;
  };

  const flushWebhooks = async (): Promise<void> => {
    const taken = flows;
    flows = new Map();
    for (const [partition, ofPartition] of taken) {
      const entries = [...ofPartition];
      while (entries.length > 0) {
        const slice = entries.slice(0, WEBHOOKS_PER_WRITE);
        try {
          await write(partition, slice);
        } catch (error) {
          for (const [webhook, flow] of entries) addFlow(flowOf(partition, webhook), flow);
          onError(error);
          break;
        }
        entries.splice(0, slice.length);
      }
    }
  };

  const flushTotal = async (): Promise<void> => {
    const bytes = storedBytes();
    if (total === undefined && bytes === writtenBytes) return;
    const flow = total ?? noFlow();
    total = undefined;
    try {
      await writeTotal(flow, bytes);
      writtenBytes = bytes;
    } catch (error) {
      addFlow((total ??= noFlow()), flow);
      onError(error);
    }
  };

  let flushing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => (flushing = flushing.then(flushWebhooks).then(flushTotal));
  const timer = setInterval(() => void flush(), FLUSH_EVERY_MS);

  return {
    appended: (partition, webhooks, events) => {
      for (const webhook of webhooks) flowOf(partition, webhook).eventsIn += events;
    },
    accepted: (events) => {
      (total ??= noFlow()).eventsIn += events;
    },
    attempted: ({ partition, webhook }, { isSuccess, events, latencyMs }) => {
      const passed: Flow = {
        ...noFlow(),
        ...(isSuccess ? { batchesOut: 1, eventsOut: events } : { failedAttempts: 1 }),
        latencySumMs: latencyMs,
        latencyMaxMs: latencyMs,
      };
      addFlow(flowOf(partition, webhook), passed);
      addFlow((total ??= noFlow()), passed);
    },
    touched: ({ partition, webhook }) => void flowOf(partition, webhook),
    flush,
    stop: () => {
      clearInterval(timer);
      return flush();
    },
  };
}
