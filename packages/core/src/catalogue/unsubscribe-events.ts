import { eventType } from "./event-type.ts";
import type { EventType } from "./event-type.ts";
import { AB_TEST, IDENTITY, MESSAGE, ORIGIN, TRACKING } from "./fields.ts";

/** Recipients who want no more messages. */
export const UNSUBSCRIBE_EVENTS: readonly EventType[] = [
  eventType({
    type: "list_unsubscribe",
    class: "unsubscribe_event",
    displayName: "List Unsubscribe",
    description: "The recipient used the unsubscribe button of the mail program.",
    onPremises: true,
    fields: [IDENTITY, ORIGIN, AB_TEST, MESSAGE, TRACKING, "mailfrom rcpt_type recv_method"],
  }),
  eventType({
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
  }),
];
