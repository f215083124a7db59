import type { FieldDocs } from "../event-field.ts";

/** The message, its way through the queue, and what of it is tracked. */
export const MESSAGE_DOCS: FieldDocs = {
  message_id: {
    description: "Tells this message, to this recipient, from all others of the cluster.",
    sample: "000443ee14578172be22",
  },
  msg_from: {
    description: "The sender's address on the envelope, where bounces go.",
    sample: "bounces@sender.example",
  },
  mailfrom: {
    description: "The sender's address on the envelope of the message in question.",
    sample: "bounces@sender.example",
  },
  subject: { description: "The subject of the message.", sample: "What is new this spring" },
  msg_size: { description: "The size of the message in bytes.", sample: "1337" },
  injection_time: {
    description: "When the mail server took the message in, as an ISO 8601 time.",
    sample: "2016-04-18T14:25:07.000Z",
  },
  scheduled_time: {
    description: "When the message was to be sent, in seconds since 1970-01-01 UTC.",
    sample: "1460989500",
  },
  queue_time: { description: "How long the message had been in the queue, in milliseconds.", sample: "302000" },
  num_retries: { description: "How many attempts had failed before.", sample: "1" },
  ip_address: {
    description: "The address of the mail server that the message was, or was to be, delivered to.",
    sample: "192.0.2.25",
  },
  recv_method: { description: "By which protocol the message came in, e.g. esmtp or rest.", sample: "rest" },
  delv_method: { description: "By which protocol the message goes out, e.g. esmtp, gcm or apn.", sample: "esmtp" },
  outbound_tls: {
    description: "1 when the connection was encrypted, 0 when that was not offered, -1 when it failed.",
    sample: "1",
  },
  device_token: {
    description: "The device that a push message was sent to.",
    sample: "45c19189783f867973f6e6a5cca60061ffe4fa77c547150563a1192fa9847f8a",
  },
  ab_test_id: { description: "The A/B test that the message takes part in.", sample: "spring-subject-lines" },
  ab_test_version: { description: "Which version of that A/B test.", sample: "1" },
  open_tracking: { description: "Whether openings of the message are noticed.", sample: "true" },
  click_tracking: { description: "Whether clicks in the message are noticed.", sample: "true" },
  initial_pixel: { description: "Whether the message has a pixel at its top as well.", sample: "true" },
  amp_enabled: { description: "Whether the message has an AMP part.", sample: "true" },
};
