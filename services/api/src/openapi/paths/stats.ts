import { STATS_ROWS } from "../../routes/stats.ts";
import { managementCall } from "../keyed-call.ts";
import { answer } from "../operation.ts";
import type { Paths } from "../operation.ts";
import { EXAMPLE_ID, limitParameter, SUBACCOUNT } from "../parameters.ts";
import { ref, results } from "../schema.ts";

const COUNTS = {
  open_events: 17,
  waiting_batches: 3,
  scheduled_batches: 1,
  in_flight_batches: 1,
  paused_batches: 0,
  backlog_events: 43_017,
  backlog_bytes: 38_204_110,
  delivered_batches: 812,
  delivered_events: 6_310_442,
  failed_attempts: 5,
  expired_batches: 0,
  overflowed_batches: 0,
  discarded_batches: 0,
};

/** How everything stands. */
export const STATS_PATHS: Paths = {
  "/api/v1/stats": {
    parameters: [SUBACCOUNT],
    get: managementCall({
      operationId: "retrieveStats",
      tags: ["Operation"],
      summary: "How everything stands",
      description:
        "Back-logs, deliveries and failures of the webhooks that the caller sees, how many processes live, and how full " +
        "Redis is.",
      grant: "webhooks/view",
      isOriginal: false,
      parameters: [limitParameter(STATS_ROWS)],
      answers: {
        200: answer("How everything stands.", results(ref("Stats")), {
          results: {
            totals: {
              webhooks: 1,
              active_webhooks: 1,
              paused_webhooks: 0,
              failing_webhooks: 0,
              ...COUNTS,
              oldest_waiting_at: "2026-03-02T21:38:08.000Z",
            },
            webhooks: [
              {
                id: EXAMPLE_ID,
                name: "Example webhook",
                active: true,
                paused: false,
                ...COUNTS,
                oldest_waiting_at: "2026-03-02T21:38:08.000Z",
                failing_since: null,
                held_until: null,
                secrets_unreadable_since: null,
                last_success_at: "2026-03-02T21:40:11.000Z",
                last_failure_at: "2026-03-02T21:39:41.000Z",
              },
            ],
            processes: { api: 1, workers: 2 },
            redis: {
              version: "7.4.0",
              used_memory_bytes: 104_857_600,
              max_memory_bytes: 2_147_483_648,
              durability:
                "an acknowledged event survives a crash of Redis and of its machine (AOF, fsync before every answer)",
            },
            backlog: { used_bytes: 5_312_000, max_bytes: 1_288_490_188, webhook_max_bytes: 966_367_641 },
          },
        }),
      },
      fails: [400],
    }),
  },
};
