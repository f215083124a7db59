import type { BatchId, WebhookId } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { Keys } from "./keys.ts";
import type { Lane } from "./partition-script.ts";
import { asUnavailable } from "./unavailable.ts";

/** What became of one attempt, or of a batch without one; kept for 24 h. */
export interface AttemptRecord {
  readonly batch: BatchId;
  readonly outcome: "delivered" | "failed" | "broken" | "split" | "expired" | "overflowed" | "discarded";
  readonly atMs: number;
  /** When the batch was opened. */
  readonly createdAtMs: number;
  readonly sealedAtMs?: number;
  readonly lane?: Lane;
  /** Of attempts: counted from 1; of what became of a batch: how many it had. */
  readonly attempt: number;
  /** Before this attempt. */
  readonly failedAttempts: number;
  readonly events: number;
  readonly bodyBytes: number;
  /** The answer's status; absent when there was no answer. */
  readonly status?: number;
  readonly errorCode?: string;
  /** Why an attempt did not succeed, in words. */
  readonly message?: string;
  readonly latencyMs?: number;
  /** When it is tried again; absent when it is not, or when a probe decides. */
  readonly nextAttemptAtMs?: number;
  /** The first KiB of the answer. */
  readonly bodyStart?: string;
}

/** The state of a webhook that its definition does not tell. */
export interface WebhookActivity {
  readonly lastSuccessAtMs: number | undefined;
  readonly lastFailureAtMs: number | undefined;
}

export interface Records {
  /**
   * The attempts of each batch that failed or was retried in the last 24 h, batches newest first. One that expired or
   * overflowed before any attempt is among them, since it failed to be delivered; one that was discarded or split before is not.
   */
  batches(webhook: WebhookId, partition: number, limit: number): Promise<AttemptRecord[][]>;
  activity(webhooks: readonly { readonly id: WebhookId; readonly partition: number }[]): Promise<WebhookActivity[]>;
}

export function createRecords(redis: RedisClient, keys: Keys): Records {
  return {
    batches: async (webhook, partition, limit) => {
      const names = keys.partition(partition);
      try {
        const ids = await redis.zrevrange(names.history(webhook), 0, limit - 1);
        const texts = await Promise.all(ids.map((id) => redis.lrange(names.record(id), 0, -1)));
        return texts
          .map((list) => list.map((text) => JSON.parse(text) as AttemptRecord))
          .filter((list) => list.length > 0);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    activity: async (webhooks) => {
      try {
        const rows = await Promise.all(
          webhooks.map(({ id, partition }) => redis.hmget(keys.partition(partition).webhook(id), "ls", "lf")),
        );
        return rows.map(([success, failure]) => ({
          lastSuccessAtMs: Number(success) || undefined,
          lastFailureAtMs: Number(failure) || undefined,
        }));
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  };
}
