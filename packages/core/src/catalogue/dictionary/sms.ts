import type { FieldDocs } from "../event-field.ts";

/** Text messages. */
export const SMS_DOCS: FieldDocs = {
  sms_src: { description: "The number or name that the text message comes from.", sample: "12025550199" },
  sms_src_ton: { description: "What kind of number the source has (SMPP type of number).", sample: "International" },
  sms_src_npi: { description: "The numbering plan of the source (SMPP).", sample: "E164" },
  sms_dst: { description: "The phone number that the text message goes to.", sample: "12025550123" },
  sms_dst_ton: {
    description: "What kind of number the destination has (SMPP type of number).",
    sample: "International",
  },
  sms_dst_npi: { description: "The numbering plan of the destination (SMPP).", sample: "E164" },
  sms_coding: { description: "The encoding of the text message.", sample: "ASCII" },
  sms_segments: { description: "In how many parts the text message is sent.", sample: "1" },
  sms_text: {
    description: "What the text message, or the gateway's status report, says.",
    sample: "Your code is 1234",
  },
  sms_remoteids: { description: "The ids that the SMS gateway gave its parts.", sample: ["0000000042"] },
  stat_type: { description: "Which kind of status the SMS gateway reports.", sample: "SMSC Delivery" },
  stat_state: { description: "How far the text message has got, by that report.", sample: "Delivered" },
  dr_latency: { description: "How long the delivery report took, in seconds.", sample: "0.02" },
};
