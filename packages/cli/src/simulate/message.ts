import { between, digits, hex, pick } from "./random.ts";
import type { Random } from "./random.ts";

/** Field values by name. A mail server sends scalars as texts, numbers too. */
export type Fields = Readonly<Record<string, unknown>>;

/** Messages that were handed in together. */
export interface Transmission {
  readonly fields: Fields;
  readonly campaign: string;
}

const CAMPAIGNS = ["welcome-series", "order-confirmation", "password-reset", "autumn-newsletter", "invoice-monthly"];
const SUBJECTS: Readonly<Record<string, string>> = {
  "welcome-series": "Welcome! Here is how to begin",
  "order-confirmation": "Thank you for your order",
  "password-reset": "Reset your password",
  "autumn-newsletter": "What is new this autumn",
  "invoice-monthly": "Your invoice is ready",
};
const FIRST_NAMES = ["ada", "alan", "barbara", "donald", "edsger", "frances", "grace", "john", "margaret", "niklaus"];
const LAST_NAMES = ["adams", "baker", "clark", "davies", "evans", "fisher", "green", "hughes", "irwin", "jones"];
/** Domains that are reserved for examples (RFC 2606), so nobody real is ever named. */
const DOMAINS = ["example.com", "example.net", "example.org", "mail.example.com", "inbox.example.net"];
const BINDINGS = ["outbound-1", "outbound-2", "bulk", "transactional"];
const NODES = ["mta-1.mail.example", "mta-2.mail.example"];

export function newTransmission(random: Random): Transmission {
  const campaign = pick(random, CAMPAIGNS);
  return {
    campaign,
    fields: {
      transmission_id: digits(random, 17),
      campaign_id: campaign,
      template_id: `templ-${campaign}`,
      template_version: String(between(random, 1, 9)),
      customer_id: "1",
      subaccount_id: String(between(random, 0, 12)),
      msg_from: `bounces+${between(random, 1, 99)}@sender.example`,
      friendly_from: "hello@sender.example",
      subject: SUBJECTS[campaign],
      recv_method: pick(random, ["esmtp", "rest"]),
      node_name: pick(random, NODES),
    },
  };
}

/** What stays the same in all events of one message. */
export function newMessage(random: Random, transmission: Transmission): Fields {
  const domain = pick(random, DOMAINS);
  const rcptTo = `${pick(random, FIRST_NAMES)}.${pick(random, LAST_NAMES)}${between(random, 1, 9_999)}@${domain}`;
  const connection = `${hex(random, 2)}/${digits(random, 2)}-${digits(random, 5)}-${hex(random, 8).toUpperCase()}`;
  return {
    ...transmission.fields,
    mailfrom: transmission.fields["msg_from"],
    message_id: hex(random, 20),
    rcpt_to: rcptTo,
    raw_rcpt_to: rcptTo.replace(/^./, (letter) => letter.toUpperCase()),
    routing_domain: domain,
    rcpt_meta: { customer: digits(random, 6), segment: pick(random, ["new", "regular", "returning"]) },
    rcpt_tags: [pick(random, ["DE", "FR", "GB", "US"]), transmission.campaign],
    msg_size: String(between(random, 1_200, 48_000)),
    binding: pick(random, BINDINGS),
    conn_name: connection,
    conn_stage: "22",
    msg_spoolname: `${hex(random, 2)}/${connection}`,
    delv_method: "esmtp",
  };
}
