import { builtInType } from "./built-in-type.ts";
import type { EventType } from "./event-type.ts";
import { IDENTITY } from "./fields.ts";

/** The end of an A/B test. */
export const AB_TEST_EVENTS: readonly EventType[] = [
  builtInType({
    type: "ab_test_completed",
    class: "ab_test_event",
    displayName: "A/B Test Completed",
    description: "An A/B test has ended with a result.",
    onPremises: false,
    fields: [IDENTITY, "ab_test"],
    samples: {
      event_id: "92356927693813876",
      timestamp: "1461075907",
    },
  }),
  builtInType({
    type: "ab_test_cancelled",
    class: "ab_test_event",
    displayName: "A/B Test Cancelled",
    description: "An A/B test was cancelled.",
    onPremises: false,
    fields: [IDENTITY, "ab_test"],
    samples: {
      event_id: "92356927693813877",
      ab_test: { id: "spring-subject-lines", version: "1", status: "cancelled", metric: "count_unique_clicked" },
      timestamp: "1461075907",
    },
  }),
];
