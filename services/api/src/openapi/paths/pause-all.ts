import { managementCall } from "../keyed-call.ts";
import { answer } from "../operation.ts";
import type { Operation, Paths } from "../operation.ts";
import { exactly, results, timestamp } from "../schema.ts";

function order(paused: boolean, summary: string, description: string): Operation {
  const since = paused ? timestamp("Since when everything is paused.") : { type: "null" as const };
  return managementCall({
    operationId: paused ? "pauseEverything" : "resumeEverything",
    tags: ["Operation"],
    summary,
    description,
    grant: "admin",
    isOriginal: false,
    answers: {
      200: answer("It is done.", results(exactly({ paused: { const: paused }, paused_since: since })), {
        results: { paused, paused_since: paused ? "2026-03-02T21:40:11.000Z" : null },
      }),
    },
    fails: [413],
  });
}

/** Everything at once. */
export const PAUSE_ALL_PATHS: Paths = {
  "/api/v1/pause": {
    post: order(
      true,
      "Pause everything",
      "Events are still accepted and collected, but no attempt starts once this has answered, and the clocks of all " +
        "batches stand still. Attempts that are under way end as they end. `GET /api/v1/stats` tells `paused_since`.",
    ),
  },
  "/api/v1/resume": {
    post: order(
      false,
      "Resume everything",
      "What waits is tried again. Webhooks and batches that are paused for themselves stay so.",
    ),
  },
};
