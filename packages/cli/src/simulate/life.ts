import type { Fields } from "./message.ts";
import { between, pick } from "./random.ts";
import type { Random } from "./random.ts";

/** Mean delays between the events of one message, in milliseconds. */
export interface Delays {
  /** From injection to the first answer of the recipient's mail server. */
  readonly firstAnswerMs: number;
  /** From a delay to the next try. */
  readonly retryMs: number;
  /** From delivery to the first opening. */
  readonly openMs: number;
  /** From an opening to the next one, or to a click. */
  readonly clickMs: number;
  /** From delivery to a complaint, an unsubscription or an out-of-band bounce. */
  readonly afterthoughtMs: number;
}

/** Delays in the proportions of real mail, squeezed so that most lives are over after `lifeMs`. */
export function delaysWithin(lifeMs: number): Delays {
  return {
    firstAnswerMs: lifeMs * 0.02,
    retryMs: lifeMs * 0.1,
    openMs: lifeMs * 0.2,
    clickMs: lifeMs * 0.05,
    afterthoughtMs: lifeMs * 0.3,
  };
}

/** One event of a life: when, of which type, and the fields that only this event has. */
export interface Step {
  readonly type: string;
  readonly atMs: number;
  readonly fields: Fields;
}

const MOST_DELAYS = 4;

const HARD = { bounce_class: "10", error_code: "550", reason: "550 5.1.1 mailbox unknown" };
const BOUNCES: readonly Fields[] = [
  HARD,
  { bounce_class: "30", error_code: "550", reason: "550 5.7.1 message refused as spam" },
  { bounce_class: "22", error_code: "552", reason: "552 5.2.2 mailbox full" },
];
const DELAYS: readonly Fields[] = [
  { bounce_class: "20", error_code: "451", reason: "451 4.7.1 greylisted, try again later" },
  { bounce_class: "23", error_code: "421", reason: "421 4.7.0 too many connections" },
  { bounce_class: "22", error_code: "452", reason: "452 4.2.2 mailbox full" },
];

const USER_AGENTS = [
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
];
const PLACES: readonly Fields[] = [
  { country: "US", region: "MD", city: "Columbia", latitude: "39.1749", longitude: "-76.8375" },
  { country: "DE", region: "BE", city: "Berlin", latitude: "52.5200", longitude: "13.4050" },
  { country: "GB", region: "ENG", city: "London", latitude: "51.5072", longitude: "-0.1276" },
];

/** Addresses are of the blocks reserved for documentation (RFC 5737). */
function serverAddress(random: Random): string {
  return `192.0.2.${between(random, 1, 254)}`;
}

function client(random: Random): Fields {
  return {
    ip_address: `198.51.100.${between(random, 1, 254)}`,
    user_agent: pick(random, USER_AGENTS),
    geo_ip: pick(random, PLACES),
  };
}

/** Exponentially distributed around `meanMs`, at most four times it and at least 1 ms. */
function wait(random: Random, meanMs: number): number {
  return Math.max(1, Math.round(Math.min(4 * meanMs, -Math.log(1 - random()) * meanMs)));
}

/** Everything that will happen to a message injected at `injectedAtMs`, in order of time. */
export function planLife(random: Random, delays: Delays, injectedAtMs: number): readonly Step[] {
  const steps: Step[] = [];
  let atMs = injectedAtMs + wait(random, delays.firstAnswerMs);
  let retries = 0;

  const answer = (type: string, fields: Fields): void => {
    const attempt = { num_retries: String(retries), queue_time: String(atMs - injectedAtMs) };
    const raw = typeof fields["reason"] === "string" ? { raw_reason: fields["reason"] } : {};
    steps.push({
      type,
      atMs,
      fields: { ...attempt, ip_address: serverAddress(random), ...raw, ...fields },
    });
  };

  for (let chance = 0.1; retries < MOST_DELAYS && random() < chance; chance = 0.4) {
    answer("delay", pick(random, DELAYS));
    retries += 1;
    atMs += wait(random, delays.retryMs);
  }
  if (random() < 0.04) {
    answer("bounce", pick(random, BOUNCES));
    return steps;
  }
  answer("delivery", { outbound_tls: "1" });
  if (random() < 0.01) {
    atMs += wait(random, delays.afterthoughtMs);
    steps.push({ type: "out_of_band", atMs, fields: { ...HARD, raw_reason: HARD.reason } });
    return steps;
  }
  steps.push(...planEngagement(random, delays, atMs));
  return steps;
}

function planEngagement(random: Random, delays: Delays, deliveredAtMs: number): readonly Step[] {
  const steps: Step[] = [];
  let atMs = deliveredAtMs;
  if (random() < 0.4) {
    const reader = client(random);
    atMs += wait(random, delays.openMs);
    steps.push({ type: "open", atMs, fields: reader });
    for (let more = 0; more < 5 && random() < 0.35; more += 1) {
      atMs += wait(random, delays.clickMs);
      const link = pick(random, ["account", "offer", "help", "order"]);
      const fields = {
        ...reader,
        target_link_name: link,
        target_link_url: `https://www.sender.example/${link}?ref=mail`,
      };
      steps.push(random() < 0.6 ? { type: "click", atMs, fields } : { type: "open", atMs, fields: reader });
    }
    if (random() < 0.02) {
      atMs += wait(random, delays.clickMs);
      const fields = {
        ...reader,
        target_link_name: "unsubscribe",
        target_link_url: "https://www.sender.example/unsubscribe",
      };
      steps.push({ type: "link_unsubscribe", atMs, fields });
      return steps;
    }
  }
  const afterthought = random();
  if (afterthought < 0.015) {
    atMs += wait(random, delays.afterthoughtMs);
    if (afterthought < 0.008) steps.push({ type: "list_unsubscribe", atMs, fields: {} });
    else steps.push({ type: "spam_complaint", atMs, fields: COMPLAINT });
  }
  return steps;
}

const COMPLAINT: Fields = {
  fbtype: "abuse",
  report_by: "feedback.example.net",
  report_to: "abuse@sender.example",
  user_str: "Feedback-Reports/1.0",
};
