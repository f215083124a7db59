import type { FieldDocs } from "../event-field.ts";

/** Where a message comes from and whom it is for. */
export const ORIGIN_DOCS: FieldDocs = {
  campaign_id: { description: "The campaign that the message belongs to.", sample: "spring-newsletter" },
  transmission_id: {
    description: "The call that handed the message in; its other recipients share it.",
    sample: "65832150921904138",
  },
  template_id: { description: "The template that the message was built from.", sample: "templ-1234" },
  template_version: { description: "Which version of that template was used.", sample: "1" },
  transactional: {
    description: "1 when the message answers something that the recipient did, rather than advertising.",
    sample: "1",
  },
  friendly_from: {
    description: "The sender as the recipient sees it: the address in the From header.",
    sample: "news@sender.example",
  },
  rcpt_to: { description: "The recipient's address, in lower case.", sample: "ada@example.com" },
  raw_rcpt_to: { description: "The recipient's address as the sender wrote it.", sample: "Ada@example.com" },
  rcpt_hash: {
    description: "A hash that stands for the recipient's address.",
    sample: "a7d6ba8c2e5f41f09b3ce1e8d24a9f60",
  },
  rcpt_type: {
    description: "Set on copies only: whether the recipient got it as cc, bcc or archive.",
    sample: "cc",
  },
  rcpt_meta: {
    description: "What the sender noted about the recipient, by names of its own choice.",
    sample: { customKey: "customValue" },
  },
  rcpt_tags: { description: "Labels that the sender gave the recipient.", sample: ["female", "GB"] },
  rcpt_subs: {
    description: "What was to be filled in for the recipient in the template.",
    sample: { name: "Ada", country: "GB" },
  },
  recipient_domain: { description: "The domain of the recipient's address.", sample: "example.com" },
  routing_domain: { description: "The domain that the message is routed to.", sample: "example.com" },
  ip_pool: { description: "The pool of addresses that the sending address was taken from.", sample: "newsletters" },
  sending_ip: { description: "The address from which the message goes out.", sample: "203.0.113.10" },
};
