import { DelayedError, WaitingError } from "bullmq";
import { batchId, webhookId } from "@posthorn/core";
import type { BatchId, WebhookId } from "@posthorn/core";
import type { Keys } from "./keys.ts";
import type { JobData } from "./lanes.ts";
import type { Lane } from "./partition-script.ts";
import type { QueueTelemetry } from "./queue-telemetry.ts";
import { consumeQueue } from "./queue-consumer.ts";
import type { QueueConsumer, QueueTrouble } from "./queue-consumer.ts";
import type { RedisAddress } from "./redis-address.ts";

/** What a worker does with a job of a lane. */
export type LaneHandler = (job: {
  readonly partition: number;
  readonly lane: Lane;
  /** Jobs of earlier versions do not tell it. */
  readonly webhook: WebhookId | undefined;
  readonly batch: BatchId;
  readonly attempt: number;
  readonly hint: number;
}) => Promise<"taken" | "no-room" | "not-yet">;

interface LaneOptions {
  readonly address: RedisAddress;
  readonly keys: Keys;
  readonly partition: number;
  readonly lane: Lane;
  readonly onError: (error: Error) => void;
  readonly onTrouble?: (trouble: QueueTrouble) => void;
  readonly telemetry?: QueueTelemetry;
  readonly handle: LaneHandler;
  /** Resolves when the process has room for another attempt of this lane. */
  readonly whenRoom: () => Promise<void>;
}

/** Jobs of one queue that are claimed side by side; each takes only as long as the claim. */
const CLAIMS_AT_ONCE = 8;
/** After this a job is taken up again for which the webhooks of other jobs go first. */
const NOT_YET_MS = 1_000;

/**
 * Takes the jobs of one lane of one partition. A job ends as soon as its batch is claimed: from then on the batch's own
 * lease counts, so that neither a busy event loop nor BullMQ's lock can cause a second POST.
 */
export function consumeLane(options: LaneOptions): QueueConsumer {
  const { address, keys, partition, lane, onError, onTrouble, telemetry, handle, whenRoom } = options;
  return consumeQueue<JobData>({
    address,
    queue: lane,
    prefix: keys.partition(partition).queuePrefix,
    name: `posthorn-${lane}-${partition}`,
    onError,
    onTrouble,
    options: { concurrency: CLAIMS_AT_ONCE, ...(telemetry === undefined ? {} : { telemetry }) },
    process: async (job, token) => {
      const batch = batchId(job.data.b);
      if (batch === undefined) return;
      const { n: attempt, h: hint } = job.data;
      const webhook = webhookId(job.data.w ?? "");
      const answer = await handle({ partition, lane, webhook, batch, attempt, hint });
      if (answer === "no-room") {
        // Another lane took the last place meanwhile: whoever has room takes the job, in its old place.
        await job.moveToWait(token);
        await whenRoom();
        throw new WaitingError();
      }
      if (answer === "not-yet") {
        await job.moveToDelayed(Date.now() + NOT_YET_MS, token);
        throw new DelayedError();
      }
      // The next job is fetched when this one ends: not before there is room for it.
      await whenRoom();
    },
  });
}
