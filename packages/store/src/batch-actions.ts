import type { BatchId, WebhookId } from "@posthorn/core";
import type { PartitionContext, PartitionReply } from "./partition-script.ts";
import { discardBatch } from "./scripts/discard-batch.ts";
import { discardWaiting } from "./scripts/discard-waiting.ts";
import { pauseBatch } from "./scripts/pause-batch.ts";
import { resumeBatch } from "./scripts/resume-batch.ts";
import { retryBatch } from "./scripts/retry-batch.ts";
import { retryWebhook } from "./scripts/retry-webhook.ts";

/** A webhook's state in its partition. */
export interface WebhookPlace {
  readonly webhook: WebhookId;
  readonly partition: number;
}

export interface BatchPlace extends WebhookPlace {
  readonly batch: BatchId;
}

/** The webhook is paused, or everything is. */
export type Paused = "paused" | "all-paused";

/** What an action came to, or why it could not be taken; `gone`: there is no such batch, or no longer. */
export type BatchAction<Refusal extends string> = { readonly kind: "applied" | Refusal | "gone" };

/** What an action on a whole webhook came to: how many batches it concerned. */
export type WebhookAction<Refusal extends string> =
  | { readonly kind: "applied"; readonly batches: number }
  | { readonly kind: Refusal | "gone" };

/** How people steer what waits. Each is atomic; what it makes due is handed out at once. */
export interface BatchActions {
  /** Everything that waits or is scheduled is due at once, oldest first, and the webhook counts as healthy. */
  retryWebhook(place: WebhookPlace): Promise<WebhookAction<"inactive" | Paused>>;
  /** Deletes and records what waits, paused batches included; neither what is in flight nor the open batch. */
  discardWaiting(place: WebhookPlace): Promise<WebhookAction<never>>;
  /** Tries a batch before all others, also while its webhook is failing or held; a paused one is resumed. */
  retryBatch(place: BatchPlace): Promise<BatchAction<"in-flight" | "inactive" | Paused | "open">>;
  discardBatch(place: BatchPlace): Promise<BatchAction<"in-flight" | "open">>;
  /** The batch is not tried and its expiry clock stands still; one in flight only if its attempt does not succeed. */
  pauseBatch(place: BatchPlace): Promise<BatchAction<"open">>;
  /** The batch is due at once, in its old place, and its clock goes on. */
  resumeBatch(place: BatchPlace): Promise<BatchAction<"open">>;
}

interface BatchActionsOptions {
  readonly context: PartitionContext;
  /** Does what a script's reply asks for. */
  readonly settle: (partition: number, reply: PartitionReply) => Promise<void>;
}

export function createBatchActions({ context, settle }: BatchActionsOptions): BatchActions {
  /** Settles what the script asked for before its outcome is told. */
  const settled =
    <Place extends WebhookPlace, Outcome>(
      run: (
        context: PartitionContext,
        place: Place,
      ) => Promise<{ readonly outcome: Outcome; readonly reply: PartitionReply }>,
    ) =>
    async (place: Place): Promise<Outcome> => {
      const { outcome, reply } = await run(context, place);
      await settle(place.partition, reply);
      return outcome;
    };

  return {
    retryWebhook: settled(retryWebhook),
    discardWaiting: async (place) => {
      let batches = 0;
      for (let upto: number | undefined; ;) {
        const { slice, reply } = await discardWaiting(context, place, upto);
        await settle(place.partition, reply);
        if (slice.kind === "gone") return batches === 0 ? slice : { kind: "applied", batches };
        batches += slice.batches;
        if (!slice.more) return { kind: "applied", batches };
        upto = slice.upto;
      }
    },
    retryBatch: settled(retryBatch),
    discardBatch: settled(discardBatch),
    pauseBatch: settled(pauseBatch),
    resumeBatch: settled(resumeBatch),
  };
}
