import type { FieldDocs } from "../event-field.ts";

/** Why a message was refused, delayed or complained about. */
export const FAILURE_DOCS: FieldDocs = {
  bounce_class: {
    description: "The kind of failure as a number, e.g. 10 unknown recipient, 22 full mailbox, 51 taken for spam.",
    sample: "10",
  },
  error_code: { description: "The SMTP status of the answer.", sample: "550" },
  reason: {
    description: "The answer in general words: without what is particular to one message, so that it can be counted.",
    sample: "550 5.1.1 <...> User unknown",
  },
  raw_reason: {
    description: "The answer word for word.",
    sample: "550 5.1.1 <ada@example.com> User unknown",
  },
  remote_addr: { description: "The address of the host that the message came from.", sample: "198.51.100.80" },
  scope_name: { description: "The part of the mail server whose policy decided.", sample: "global" },
  fbtype: { description: "What the report is about, e.g. abuse or fraud (RFC 5965).", sample: "abuse" },
  report_by: { description: "Who reported.", sample: "feedback@example.com" },
  report_to: { description: "To which address it was reported.", sample: "abuse@sender.example" },
  user_str: {
    description: "The program that wrote the report, as it names itself.",
    sample: "ExampleFeedback/1.0",
  },
};
