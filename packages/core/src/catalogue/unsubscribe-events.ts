import { builtInType } from "./built-in-type.ts";
import { CLIENT } from "./client.ts";
import type { EventType } from "./event-type.ts";
import { AB_TEST, IDENTITY, MESSAGE, ORIGIN, TRACKING } from "./fields.ts";

/** Recipients who want no more messages. */
export const UNSUBSCRIBE_EVENTS: readonly EventType[] = [
  builtInType({
    type: "list_unsubscribe",
    class: "unsubscribe_event",
    displayName: "List Unsubscribe",
    description: "The recipient used the unsubscribe button of the mail program.",
    onPremises: true,
    fields: [IDENTITY, ORIGIN, AB_TEST, MESSAGE, TRACKING, "mailfrom rcpt_type recv_method"],
    meanings: CLIENT.meanings,
    samples: { ...CLIENT.samples, event_id: "92356927693813870", timestamp: "1460997120" },
  }),
  builtInType({
    type: "link_unsubscribe",
    class: "unsubscribe_event",
    displayName: "Link Unsubscribe",
    description: "The recipient followed the unsubscribe link of the message.",
    onPremises: true,
    fields: [
      IDENTITY,
      ORIGIN,
      AB_TEST,
      MESSAGE,
      TRACKING,
      "delv_method mailfrom rcpt_type recv_method target_link_name target_link_url user_agent",
    ],
    meanings: CLIENT.meanings,
    samples: {
      ...CLIENT.samples,
      event_id: "92356927693813869",
      timestamp: "1460997090",
      target_link_name: "unsubscribe",
      target_link_url: "https://www.sender.example/unsubscribe",
    },
  }),
];
