import { builtInType } from "./built-in-type.ts";
import type { EventType } from "./event-type.ts";
import { IDENTITY } from "./fields.ts";

/** Adaptive delivery: how the mail server changes its own sending. Their class is not documented in public; other
 * members of the catalogue suggest `adaptive_event`. */
export const ADAPTIVE_EVENTS: readonly EventType[] = [
  builtInType({
    type: "ad_status",
    class: "adaptive_event",
    displayName: "Adaptive Status",
    description: "A negative answer of a mailbox provider triggered a rule, and the sending pattern was changed.",
    onPremises: true,
    fields: [IDENTITY, "action binding node_name routing_domain rule scope start status stop trigger"],
    samples: {
      event_id: "92356927693813880",
      timestamp: "1460989510",
    },
  }),
  builtInType({
    type: "ad_adjust",
    class: "adaptive_event",
    displayName: "Adaptive Adjustment",
    description: "A rule or automatic tuning changed a delivery parameter.",
    onPremises: true,
    fields: [IDENTITY, "binding node_name opt_value option routing_domain scope"],
    samples: {
      event_id: "92356927693813881",
      timestamp: "1460989510",
    },
  }),
];
