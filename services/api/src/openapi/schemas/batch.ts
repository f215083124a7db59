import { BATCH_STATES } from "@posthorn/store";
import { count, exactly, timestamp, timestampOrNull } from "../schema.ts";
import type { Schema } from "../schema.ts";

const statusOrNull: Schema = { type: ["integer", "null"], description: "The HTTP status of the target's answer." };
const errorCodeOrNull: Schema = {
  type: ["string", "null"],
  description: "The network's error code, such as `ETIMEDOUT`, when there was no answer.",
};
const messageOrNull: Schema = { type: ["string", "null"], description: "Why it did not succeed, in words." };

/** Batches and their attempts, as the calls that steer them show them. */
export const BATCH_SCHEMAS: Readonly<Record<string, Schema>> = {
  Batch: exactly({
    id: {
      type: "string",
      format: "uuid",
      description: "What the target gets as `X-MessageSystems-Batch-ID` with every attempt.",
    },
    state: {
      type: "string",
      enum: BATCH_STATES,
      description:
        "`open`: still collects. `waiting`: for its turn. `scheduled`: for its next attempt's time. `reserved`: handed " +
        "to the workers. `in_flight`: being sent. `paused`: by somebody, for itself. The others are gone: `delivered`, " +
        "`expired`, `overflowed` (deleted to make room, since too much waited), `discarded` by somebody, or `split` into " +
        "two smaller ones.",
    },
    events: count("Its events."),
    body_bytes: count("The length of its body."),
    attempts: count("Attempts so far, the current one included."),
    failed_attempts: count("Those of them that the target failed."),
    created_at: timestamp("When its first event came."),
    sealed_at: timestampOrNull("When it was closed; `null` while it is open."),
    next_attempt_at: timestampOrNull(
      "When it is tried again, where that is a matter of time. A batch that waits for its turn has none.",
    ),
    expires_at: timestampOrNull("When it is given up; `null` while its clock stands still or has not begun to run."),
    ended_at: timestampOrNull("When it was delivered, expired, overflowed, discarded or split."),
    last_attempt: {
      ...exactly({
        at: timestamp("When it ended."),
        status: statusOrNull,
        error_code: errorCodeOrNull,
        message: messageOrNull,
      }),
      type: ["object", "null"],
      description: "How its last attempt went; `null` when there was none, or when that is no longer recorded.",
    },
  }),
  BatchAttempt: exactly({
    attempt: count("Counted from 1."),
    outcome: {
      type: "string",
      enum: ["delivered", "failed", "broken"],
      description: "`broken`: Posthorn or its store failed, not the target.",
    },
    at: timestamp("When it ended."),
    lane: {
      type: ["string", "null"],
      enum: ["fresh", "retry", null],
      description: "The queue that it took: `fresh` for first attempts of a healthy webhook.",
    },
    latency_ms: { type: ["integer", "null"], minimum: 0, description: "How long it took." },
    status: statusOrNull,
    error_code: errorCodeOrNull,
    message: messageOrNull,
    next_attempt_at: timestampOrNull("When the batch was to be tried again."),
    response_body: { type: ["string", "null"], description: "The first kB of the target's answer." },
  }),
};
