import type { FieldDocs } from "../event-field.ts";

/** What only a Momentum of one's own names: its internals, and how it adapts its sending. */
export const ON_PREMISES_DOCS: FieldDocs = {
  binding: {
    description: "The binding, an outgoing address with its settings, that the message uses.",
    sample: "news-1",
  },
  binding_group: { description: "The group that the binding is in.", sample: "news" },
  pathway: { description: "The pathway, the settings for mail that comes in, which the message took.", sample: "api" },
  pathway_group: { description: "The group that the pathway is in.", sample: "internal" },
  node_name: { description: "Which node of the cluster tells of the event.", sample: "mta-1.sender.example" },
  conn_name: { description: "The connection that the message came in by.", sample: "00/00-00000-00000000" },
  conn_stage: { description: "How far the SMTP conversation had got, as a number.", sample: "22" },
  msg_spoolname: { description: "Where the message lies in the spool.", sample: "20/00-29338-62AF3C35" },
  msg_batchname: {
    description: "The batch of messages that the message came in with.",
    sample: "20/00-29338-61AF3C35",
  },
  action: { description: "What is done about it.", sample: "Suspend" },
  rule: { description: "The rule that applied.", sample: "greylisted" },
  trigger: { description: "The answer, or rate of answers, that the rule looks for.", sample: "451 4.7.1 greylisted" },
  status: { description: "Whether the action begins or ends.", sample: "start" },
  start: { description: "From when on the action holds, in seconds since 1970-01-01 UTC.", sample: "1460989510" },
  stop: { description: "Until when the action holds, in seconds since 1970-01-01 UTC.", sample: "1460993110" },
  option: { description: "The delivery parameter that was changed.", sample: "max_outbound_connections" },
  opt_value: { description: "The value that it has now.", sample: "10" },
  scope: { description: "What the change applies to.", sample: "binding/domain" },
};
