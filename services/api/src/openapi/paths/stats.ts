import { SERIES_WEBHOOKS_MAX } from "../../stats/query.ts";
import { STATS_KEPT_MS } from "../../stats/recent-stats.ts";
import { STATS_ROWS } from "../../routes/stats.ts";
import { managementCall } from "../keyed-call.ts";
import { answer } from "../operation.ts";
import type { Parameter, Paths } from "../operation.ts";
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

const WEBHOOKS: Parameter = {
  name: "webhooks",
  in: "query",
  description: `Ids of webhooks, at most ${SERIES_WEBHOOKS_MAX}, with commas between them. Those that are not there are left out.`,
  schema: { type: "array", items: { type: "string", format: "uuid" }, maxItems: SERIES_WEBHOOKS_MAX },
  style: "form",
  explode: false,
  example: [EXAMPLE_ID],
  "x-posthorn": true,
};

const TROUBLED: Parameter = {
  name: "troubled",
  in: "query",
  description:
    "`true` lists only webhooks that do not deliver though nobody wanted that, whose `trouble` is not `null`. The totals are " +
    "those of all.",
  schema: { type: "boolean", default: false },
  "x-posthorn": true,
};

const FLOW = {
  events_in: [0, 14_210],
  events_out: [0, 13_940],
  batches_out: [0, 2],
  failed_attempts: [0, 0],
  latency_avg_ms: [null, 84.5],
  latency_max_ms: [null, 120],
  backlog_bytes: [0, 241_002],
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
        "Back-logs, deliveries and failures of the webhooks that the caller sees, whether everything is paused, how many " +
        "processes live, and how full Redis is. The figures of webhooks that are named with `webhooks` are those of this " +
        `moment; without, they may be ${STATS_KEPT_MS / 1_000} seconds old, longer where there are thousands of webhooks, so that ` +
        "Redis is asked no more often when more look.",
      grant: "webhooks/view",
      isOriginal: false,
      parameters: [limitParameter(STATS_ROWS), WEBHOOKS, TROUBLED],
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
                trouble: null,
                inactive_reason: null,
                ...COUNTS,
                oldest_waiting_at: "2026-03-02T21:38:08.000Z",
                failing_since: null,
                next_probe_at: null,
                held_until: null,
                secrets_unreadable_since: null,
                last_success_at: "2026-03-02T21:40:11.000Z",
                last_failure_at: "2026-03-02T21:39:41.000Z",
              },
            ],
            paused_since: null,
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
  "/api/v1/stats/series": {
    parameters: [SUBACCOUNT],
    get: managementCall({
      operationId: "retrieveSeries",
      tags: ["Operation"],
      summary: "How it went over time",
      description:
        "What passed and what waited, of everything together and of the webhooks that are asked for, over the last hour " +
        "in minutes or the last day in quarters of an hour. It is written down every ten seconds.",
      grant: "webhooks/view",
      isOriginal: false,
      parameters: [
        {
          name: "window",
          in: "query",
          description: "How far back.",
          schema: { type: "string", enum: ["1h", "24h"], default: "1h" },
          "x-posthorn": true,
        },
        WEBHOOKS,
      ],
      answers: {
        200: answer("The series, here cut short.", results(ref("SeriesAnswer")), {
          results: {
            window: "1h",
            step_ms: 60_000,
            from: "2026-03-02T20:41:00.000Z",
            to: "2026-03-02T21:40:11.000Z",
            total: FLOW,
            webhooks: { [EXAMPLE_ID]: { ...FLOW, backlog_batches: [0, 1], backlog_events: [0, 270] } },
          },
        }),
      },
      fails: [400],
    }),
  },
};
