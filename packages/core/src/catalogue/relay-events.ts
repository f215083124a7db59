import { builtInType } from "./built-in-type.ts";
import type { EventType } from "./event-type.ts";
import { IDENTITY, INBOUND, REASON } from "./fields.ts";

/** The imaginary inbound message: the recipient of the samples' mail answers it. */
const REPLY = {
  meanings: {
    message_id: "Tells this inbound message from all others of the cluster.",
    msg_from: "The address on the envelope from which the inbound message came.",
    rcpt_to: "The address in lower case that the inbound message was sent to.",
    raw_rcpt_to: "The address that the inbound message was sent to, as its sender wrote it.",
    rcpt_hash: "A hash that stands for that address.",
  },
  samples: {
    message_id: "00064a0f1557a1c2d3e4",
    injection_time: "2016-04-18T16:40:00.000Z",
    msg_from: "ada@example.com",
    rcpt_to: "news@replies.sender.example",
    raw_rcpt_to: "News@replies.sender.example",
    rcpt_hash: "51f0c28a3de7496bb0a6f4d81297ce35",
    recv_method: "esmtp",
  },
} as const;

/** How it goes on to the relay webhook. */
const ROUTE = { delv_method: "http", ip_pool: "relay", routing_domain: "hooks.sender.example" } as const;
const NOT_NOW = {
  error_code: "503",
  reason: "503 Service Unavailable",
  raw_reason: "503 Service Unavailable",
} as const;

/** Inbound messages on their way to a relay webhook. */
export const RELAY_EVENTS: readonly EventType[] = [
  builtInType({
    type: "relay_injection",
    class: "relay_event",
    displayName: "Relay Injection",
    description: "An inbound message was received for relaying.",
    onPremises: false,
    fields: [IDENTITY, INBOUND, "ip_pool msg_size routing_domain sending_ip"],
    meanings: REPLY.meanings,
    samples: {
      ...REPLY.samples,
      event_id: "92356927693813871",
      timestamp: "1460997600",
      ip_pool: "relay",
      msg_size: "2048",
      routing_domain: "replies.sender.example",
    },
  }),
  builtInType({
    type: "relay_rejection",
    class: "relay_event",
    displayName: "Relay Rejection",
    description: "An inbound message was refused.",
    onPremises: false,
    fields: [IDENTITY, REASON, INBOUND, "remote_addr sending_ip"],
    meanings: {
      ...REPLY.meanings,
      reason: "Why the inbound message was refused, in general words.",
      raw_reason: "Why the inbound message was refused, word for word as its sender was told.",
    },
    samples: {
      ...REPLY.samples,
      event_id: "92356927693813872",
      timestamp: "1460997600",
      bounce_class: "54",
      error_code: "550",
      reason: "550 5.7.1 Relaying denied",
      raw_reason: "550 5.7.1 Relaying denied for news@replies.sender.example",
    },
  }),
  builtInType({
    type: "relay_delivery",
    class: "relay_event",
    displayName: "Relay Delivery",
    description: "An inbound message was relayed.",
    onPremises: false,
    fields: [IDENTITY, INBOUND, "delv_method ip_pool num_retries queue_time routing_domain sending_ip"],
    meanings: REPLY.meanings,
    samples: {
      ...REPLY.samples,
      ...ROUTE,
      event_id: "92356927693813874",
      timestamp: "1460997902",
    },
  }),
  builtInType({
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
    meanings: {
      ...REPLY.meanings,
      reason: "Why relaying failed, in general words.",
      raw_reason: "Why relaying failed, word for word.",
      error_code: "The HTTP status of the relay webhook’s answer.",
    },
    samples: {
      ...REPLY.samples,
      ...ROUTE,
      ...NOT_NOW,
      event_id: "92356927693813873",
      timestamp: "1460997602",
      queue_time: "2000",
      num_retries: "0",
    },
  }),
  builtInType({
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
    meanings: {
      ...REPLY.meanings,
      reason: "Why the last attempt failed, in general words.",
      raw_reason: "Why the last attempt failed, word for word.",
      error_code: "The HTTP status of the relay webhook’s last answer.",
    },
    samples: {
      ...REPLY.samples,
      ...ROUTE,
      ...NOT_NOW,
      event_id: "92356927693813875",
      timestamp: "1461026400",
      queue_time: "28800000",
      num_retries: "12",
    },
  }),
];
