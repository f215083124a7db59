import { GRANTS, KEY_LABEL_MAX, SUBACCOUNT_MAX } from "@posthorn/core";
import { atMost, exactly, listOf, timestamp, timestampOrNull } from "../schema.ts";
import type { Schema } from "../schema.ts";

const grants = listOf({ type: "string", enum: GRANTS }, { minItems: 1, description: "What the key can do." });

const common = {
  id: { type: "string", pattern: "^[0-9a-f]{12}$" },
  label: { type: "string", description: "What people call it." },
  grants,
  subaccount_id: {
    type: ["integer", "null"],
    minimum: 0,
    description: "What it is bound to: `0` = the primary account, `null` = nothing.",
  },
  created_at: timestamp("When it was created."),
  expires_at: timestampOrNull("When it stops working; `null` = never."),
} as const satisfies Readonly<Record<string, Schema>>;

/** API keys as they are asked for and shown. */
export const API_KEY_SCHEMAS: Readonly<Record<string, Schema>> = {
  NewApiKey: {
    ...atMost({
      label: { type: "string", maxLength: KEY_LABEL_MAX, pattern: String.raw`\S`, description: "What people call it." },
      grants,
      subaccount_id: {
        type: ["integer", "null"],
        minimum: 0,
        maximum: SUBACCOUNT_MAX,
        description: "Binds the key to a subaccount, `0` = the primary account; not together with `admin`.",
      },
      expires_at: {
        type: ["string", "null"],
        description: "ISO 8601 with a time zone, or a day; in the future.",
        examples: ["2030-01-31T12:00:00Z"],
      },
    }),
    required: ["label", "grants"],
  },
  ApiKey: exactly({
    ...common,
    short_key: { type: "string", description: "The part of the key's text that is no secret." },
    last_used_at: timestampOrNull("When it was last used, to the minute; `null` = never."),
  }),
  ApiKeyWithText: exactly({
    ...common,
    key: { type: "string", description: "The key itself: shown this once, and stored nowhere." },
  }),
};
