import { SUBACCOUNT_MAX } from "@posthorn/core";
import type { Parameter } from "./operation.ts";

/** Shared by every example, so that ids of one example are found again in the next. */
export const EXAMPLE_ID = "1cc94ef0-ab17-41e4-b135-0ff9de159aa7";
export const EXAMPLE_BATCH_ID = "8b1d2f34-6c5e-4f70-9a3b-2d4c6e8f0a1b";

export const WEBHOOK_ID: Parameter = {
  name: "id",
  in: "path",
  required: true,
  description: "The webhook's id, as create answered it and the list shows it.",
  schema: { type: "string", format: "uuid" },
  example: EXAMPLE_ID,
};

export const BATCH_ID: Parameter = {
  name: "batch",
  in: "path",
  required: true,
  description: "The batch's id, which targets get as `X-MessageSystems-Batch-ID`.",
  schema: { type: "string", format: "uuid" },
  example: EXAMPLE_BATCH_ID,
  "x-posthorn": true,
};

export const SUBACCOUNT: Parameter = {
  name: "X-MSYS-SUBACCOUNT",
  in: "header",
  description:
    "Makes the call for one subaccount: only its webhooks are seen, and a webhook that is created gets only its events. " +
    "`0` is the primary account; without the header the call is made for all. A key that is bound to a subaccount " +
    "needs no header, and no header widens it.",
  schema: { type: "integer", minimum: 0, maximum: SUBACCOUNT_MAX },
};

export const TIME_ZONE: Parameter = {
  name: "timezone",
  in: "query",
  description:
    "The time zone that `last_successful` and `last_failure` are written in, by its name in the IANA database.",
  schema: { type: "string", default: "UTC", examples: ["America/New_York"] },
};

/** How many rows an answer has at most. More than there can be is taken for as many as there can be. */
export function limitParameter(rows: { readonly default: number; readonly max: number }): Parameter {
  return {
    name: "limit",
    in: "query",
    description: `How many rows to answer at most; more than ${rows.max} counts as ${rows.max}.`,
    schema: { type: "integer", minimum: 1, default: rows.default },
  };
}
