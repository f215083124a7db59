import { builtInType } from "./built-in-type.ts";
import { CLIENT } from "./client.ts";
import type { EventType } from "./event-type.ts";
import { AB_TEST, IDENTITY, MESSAGE, ORIGIN, TRACKING } from "./fields.ts";

/** What recipients do with a message that arrived. */
export const ENGAGEMENT_EVENTS: readonly EventType[] = [
  builtInType({
    type: "open",
    class: "track_event",
    displayName: "Open",
    description: "The recipient opened the message: the pixel at its end was loaded.",
    onPremises: true,
    fields: [
      IDENTITY,
      ORIGIN,
      AB_TEST,
      MESSAGE,
      TRACKING,
      "accept_language delv_method geo_ip node_name rcpt_type user_agent",
    ],
    meanings: CLIENT.meanings,
    samples: { ...CLIENT.samples, event_id: "92356927693813863", timestamp: "1460997011" },
  }),
  builtInType({
    type: "initial_open",
    class: "track_event",
    displayName: "Initial Open",
    description: "The recipient began to open the message: the pixel at its top was loaded.",
    onPremises: false,
    fields: [IDENTITY, ORIGIN, AB_TEST, MESSAGE, TRACKING, "delv_method geo_ip rcpt_type user_agent"],
    meanings: CLIENT.meanings,
    samples: { ...CLIENT.samples, event_id: "92356927693813862", timestamp: "1460997009" },
  }),
  builtInType({
    type: "click",
    class: "track_event",
    displayName: "Click",
    description: "The recipient followed a link of the message.",
    onPremises: true,
    fields: [
      IDENTITY,
      ORIGIN,
      AB_TEST,
      MESSAGE,
      TRACKING,
      "accept_language delv_method geo_ip node_name rcpt_type target_link_name target_link_url user_agent",
    ],
    meanings: CLIENT.meanings,
    samples: { ...CLIENT.samples, event_id: "92356927693813864", timestamp: "1460997050" },
  }),
  builtInType({
    type: "amp_open",
    class: "track_event",
    displayName: "AMP Open",
    description: "The recipient opened the AMP part: the pixel at its end was loaded.",
    onPremises: false,
    fields: [IDENTITY, ORIGIN, AB_TEST, MESSAGE, TRACKING, "delv_method geo_ip rcpt_type user_agent"],
    meanings: CLIENT.meanings,
    samples: { ...CLIENT.samples, event_id: "92356927693813866", timestamp: "1460997011" },
  }),
  builtInType({
    type: "amp_initial_open",
    class: "track_event",
    displayName: "AMP Initial Open",
    description: "The recipient began to open the AMP part: the pixel at its top was loaded.",
    onPremises: false,
    fields: [IDENTITY, ORIGIN, AB_TEST, MESSAGE, TRACKING, "delv_method geo_ip rcpt_type user_agent"],
    meanings: CLIENT.meanings,
    samples: { ...CLIENT.samples, event_id: "92356927693813865", timestamp: "1460997009" },
  }),
  builtInType({
    type: "amp_click",
    class: "track_event",
    displayName: "AMP Click",
    description: "The recipient followed a link of the AMP part.",
    onPremises: false,
    fields: [
      IDENTITY,
      ORIGIN,
      AB_TEST,
      MESSAGE,
      TRACKING,
      "delv_method geo_ip rcpt_type target_link_name target_link_url user_agent",
    ],
    meanings: CLIENT.meanings,
    samples: { ...CLIENT.samples, event_id: "92356927693813867", timestamp: "1460997050" },
  }),
];
