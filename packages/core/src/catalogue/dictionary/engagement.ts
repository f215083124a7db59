import type { FieldDocs } from "../event-field.ts";

/** The recipient's program and place, and what was clicked. */
export const ENGAGEMENT_DOCS: FieldDocs = {
  user_agent: {
    description: "The recipient's program, as it names itself.",
    sample: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
  },
  accept_language: { description: "Which languages that program asks for.", sample: "en-GB,en;q=0.8" },
  geo_ip: {
    description: "Where the recipient's address is thought to be; numbers may come as texts.",
    sample: { country: "GB", region: "ENG", city: "London", latitude: "51.5072", longitude: "-0.1276" },
  },
  target_link_name: { description: "The name that the sender gave the link.", sample: "offer" },
  target_link_url: { description: "Where the link leads.", sample: "https://www.sender.example/offer" },
};
