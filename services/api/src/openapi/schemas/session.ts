import { GRANTS } from "@posthorn/core";
import { exactly, listOf, timestampOrNull } from "../schema.ts";
import type { Schema } from "../schema.ts";

/** Signing in to the console. */
export const SESSION_SCHEMAS: Readonly<Record<string, Schema>> = {
  SessionInput: exactly({ api_key: { type: "string", minLength: 1, description: "The text of an API key." } }),
  Session: exactly({
    key: { type: "string", description: "Tells API keys apart, and is no secret." },
    label: { type: ["string", "null"], description: "The key's label; `null` for the key of the configuration." },
    grants: listOf({ type: "string", enum: GRANTS }),
    subaccount_id: { type: ["integer", "null"], description: "What the key is bound to; `null` = nothing." },
    csrf_token: {
      type: ["string", "null"],
      description: "To be sent as `X-Posthorn-CSRF` with each call that changes something; `null` without a cookie.",
    },
    expires_at: timestampOrNull("When the session ends unless it is used; `null` without a cookie."),
    version: { type: "string", description: "The version of Posthorn." },
    queue_board: {
      type: "boolean",
      description: "Whether BullMQ's queues are shown under `/admin/queues`, and the key may see them.",
    },
  }),
};
