import type { FieldDocs } from "../event-field.ts";

/** Inbound mail that is relayed, A/B tests, and events handed in from outside. */
export const RESULT_DOCS: FieldDocs = {
  relay_id: { description: "The relay webhook that the inbound message is for.", sample: "51204217835487912" },
  origination: { description: "How the relayed message came to be.", sample: "inbound" },
  ab_test: {
    description: "The A/B test: how it was set up, and what it found out about each variant.",
    sample: {
      id: "spring-subject-lines",
      version: "1",
      status: "completed",
      metric: "count_unique_clicked",
      total_sample_size: "2000",
      default_template: { template_id: "templ-1234", count_accepted: "998", count_unique_clicked: "125" },
      variants: [{ template_id: "templ-1235", count_accepted: "1000", count_unique_clicked: "98" }],
      winning_template_id: "templ-1234",
    },
  },
  batch_id: {
    description: "The batch in which the events were handed in.",
    sample: "e1f85a9c-2d63-4a0f-8f0e-5d4b9a0c7e21",
  },
  number_succeeded: { description: "How many events of the batch were taken in.", sample: "997" },
  number_duplicates: { description: "How many events of the batch were known already.", sample: "3" },
  number_failed: { description: "How many events of the batch were refused.", sample: "2" },
  error_type: { description: "Whether the whole batch was refused or some of its events.", sample: "validation" },
  retryable: { description: "Whether it helps to hand the batch in again as it is.", sample: "false" },
  href: {
    description: "Where the refused events can be fetched.",
    sample: "https://mail.sender.example/api/v1/ingest/events/failures/e1f85a9c-2d63-4a0f-8f0e-5d4b9a0c7e21",
  },
  expiration_timestamp: {
    description: "Until when the result of the batch can be fetched, in seconds since 1970-01-01 UTC.",
    sample: "1461075907",
  },
};
