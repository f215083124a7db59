import { eventType } from "./event-type.ts";
import type { EventType } from "./event-type.ts";
import { IDENTITY } from "./fields.ts";

/** The end of an A/B test. */
export const AB_TEST_EVENTS: readonly EventType[] = [
  eventType({
    type: "ab_test_completed",
    class: "ab_test_event",
    displayName: "A/B Test Completed",
    description: "An A/B test has ended with a result.",
    onPremises: false,
    fields: [IDENTITY, "ab_test"],
  }),
  eventType({
    type: "ab_test_cancelled",
    class: "ab_test_event",
    displayName: "A/B Test Cancelled",
    description: "An A/B test was cancelled.",
    onPremises: false,
    fields: [IDENTITY, "ab_test"],
  }),
];
