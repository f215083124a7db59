import type { FieldDocs } from "../event-field.ts";

/** The record itself and whose it is. */
export const IDENTITY_DOCS: FieldDocs = {
  type: { description: "Which type of event this is.", sample: "delivery" },
  timestamp: {
    description: "When it happened, in seconds since 1970-01-01 UTC; some mail servers add a fraction.",
    sample: "1460989507",
  },
  event_id: {
    description: "Tells this event from all others; a large whole number or a UUID.",
    sample: "92356927693813856",
  },
  customer_id: { description: "The account that sent the message.", sample: "1" },
  subaccount_id: {
    description: "The subaccount on whose behalf the message was sent; 0 or absent is the account itself.",
    sample: "101",
  },
};
