import type { WebhookStatsView } from "@posthorn/api/views";

export type WebhookStatus = "inactive" | "paused" | "failing" | "failed" | "pending" | "ok";

export type StatusFacts = Pick<
  WebhookStatsView,
  "active" | "paused" | "failing_since" | "last_success_at" | "last_failure_at"
>;

/** What is known of the target of a webhook that is too new to have been asked about. */
export const UNTRIED = {
  failing_since: null,
  last_success_at: null,
  last_failure_at: null,
} as const satisfies Partial<StatusFacts>;

/** What is asked of the last day, as the original's pages did. */
const RULE_MS = 24 * 60 * 60 * 1_000;

export const STATUS_WORDS: Readonly<Record<WebhookStatus, string>> = {
  inactive: "Inactive",
  paused: "Paused",
  failing: "Failing now",
  failed: "Failed",
  pending: "Pending",
  ok: "OK",
};

/** What the words mean, for people who wonder. */
const STATUS_MEANING: Readonly<Record<WebhookStatus, string>> = {
  inactive: "It is switched off: it gets no new events, and nothing is tried.",
  paused: "Its events are kept, and nothing is tried until it is resumed.",
  failing: "Its target refuses everything at the moment, and is probed until it takes a batch.",
  failed: "At least one attempt failed in the last 24 hours; the last ones did not all fail.",
  pending: "Nothing was tried in the last 24 hours.",
  ok: "Every attempt of the last 24 hours succeeded.",
};

/** What the word means for one webhook: it stays "failed" for a day, also when its target works again. */
export function statusMeaning(
  status: WebhookStatus,
  facts: Pick<StatusFacts, "last_success_at" | "last_failure_at"> | undefined,
): string {
  const isRepaired = status === "failed" && (facts?.last_success_at ?? "") > (facts?.last_failure_at ?? "");
  return isRepaired ? "It failed within the last 24 hours; the last attempt succeeded." : STATUS_MEANING[status];
}

/** The most urgent first. */
export const STATUS_ORDER: readonly WebhookStatus[] = ["failing", "failed", "inactive", "paused", "pending", "ok"];

/** How a webhook stands: what somebody decided first, then what its target does, then what the last day saw. */
export function webhookStatus(facts: StatusFacts, nowMs: number): WebhookStatus {
  if (!facts.active) return "inactive";
  if (facts.paused) return "paused";
  if (facts.failing_since !== null) return "failing";
  if (isRecent(facts.last_failure_at, nowMs)) return "failed";
  return isRecent(facts.last_success_at, nowMs) ? "ok" : "pending";
}

function isRecent(at: string | null, nowMs: number): boolean {
  return at !== null && nowMs - Date.parse(at) < RULE_MS;
}
