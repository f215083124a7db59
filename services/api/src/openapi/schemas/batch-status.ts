import { count, exactly } from "../schema.ts";
import type { Schema } from "../schema.ts";

const CODE = "The HTTP status, as text, or the network's error code such as `ETIMEDOUT`";

/** The original's account of batches. */
export const BATCH_STATUS_SCHEMAS: Readonly<Record<string, Schema>> = {
  BatchStatus: exactly(
    {
      batch_id: { type: "string", format: "uuid" },
      ts: { type: "string", format: "date-time", description: "When the batch was begun." },
      attempts: count("Failed attempts so far."),
      response_code: { type: "string", description: `${CODE}, of the last attempt.` },
      failure_code: { type: "string", description: `${CODE}; absent when the batch was delivered in the end.` },
      latency: { type: "number", minimum: 0, description: "How long the last attempt took, in ms." },
      batch_size: count("Its events."),
      webhook_id: { type: "string", format: "uuid" },
    },
    { optional: ["response_code", "failure_code", "latency"] },
  ),
};
