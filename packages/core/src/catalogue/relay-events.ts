import { eventType } from "./event-type.ts";
import type { EventType } from "./event-type.ts";
import { IDENTITY, INBOUND, REASON } from "./fields.ts";

/** Inbound messages on their way to a relay webhook. */
export const RELAY_EVENTS: readonly EventType[] = [
  eventType({
    type: "relay_injection",
    class: "relay_event",
    displayName: "Relay Injection",
    description: "An inbound message was received for relaying.",
    onPremises: false,
    fields: [IDENTITY, INBOUND, "ip_pool msg_size routing_domain sending_ip"],
  }),
  eventType({
    type: "relay_rejection",
    class: "relay_event",
    displayName: "Relay Rejection",
    description: "An inbound message was refused.",
    onPremises: false,
    fields: [IDENTITY, REASON, INBOUND, "remote_addr sending_ip"],
  }),
  eventType({
    type: "relay_delivery",
    class: "relay_event",
    displayName: "Relay Delivery",
    description: "An inbound message was relayed.",
    onPremises: false,
    fields: [IDENTITY, INBOUND, "delv_method ip_pool num_retries queue_time routing_domain sending_ip"],
  }),
  eventType({
    type: "relay_tempfail",
    class: "relay_event",
    displayName: "Relay Temporary Failure",
    description: "Relaying an inbound message failed for now; it will be tried again.",
    onPremises: false,
    fields: [
      IDENTITY,
      INBOUND,
      "delv_method error_code ip_pool num_retries queue_time raw_reason reason routing_domain sending_ip",
    ],
  }),
  eventType({
    type: "relay_permfail",
    class: "relay_event",
    displayName: "Relay Permanent Failure",
    description: "Relaying an inbound message failed for good: its retries are used up.",
    onPremises: false,
    fields: [
      IDENTITY,
      INBOUND,
      "delv_method error_code ip_pool num_retries outbound_tls queue_time raw_reason reason routing_domain sending_ip",
    ],
  }),
];
