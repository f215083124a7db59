import type { WebhookView } from "@posthorn/api/views";
import { FIELD_LABELS } from "./field-problems.ts";
import type { WebhookFormValues } from "./form-values.ts";
import { fieldsOf } from "./webhook-body.ts";

interface Versions {
  /** As the webhook was when the form was opened. */
  readonly before: WebhookFormValues;
  /** As it is now; `undefined` = it was deleted. */
  readonly now: WebhookFormValues | undefined;
  /** What is in the form. */
  readonly values: WebhookFormValues;
  /** The types of the catalogue. */
  readonly known: readonly string[];
}

/** The fields of the API that each field of the form goes into: these are sent whole, with all else that is in them. */
const SENT_IN: Readonly<Record<keyof WebhookFormValues, readonly (keyof WebhookView)[]>> = {
  name: ["name"],
  target: ["target"],
  eventChoice: ["events"],
  events: ["events"],
  authToken: ["auth_token"],
  authType: ["auth_type", "auth_credentials", "auth_request_details"],
  username: ["auth_credentials"],
  password: ["auth_credentials"],
  tokenUrl: ["auth_request_details"],
  clientId: ["auth_request_details"],
  clientSecret: ["auth_request_details"],
  grantType: ["auth_request_details"],
  tokenExtras: ["auth_request_details"],
  headers: ["custom_headers"],
  isSigned: ["signing"],
  signingSecret: ["signing"],
  scope: ["subaccount_id", "exception_subaccounts"],
  subaccount: ["subaccount_id"],
  exceptions: ["exception_subaccounts"],
  active: ["active"],
  paused: ["paused"],
  concurrency: ["concurrency"],
  rateLimit: ["rate_limit"],
  tlsCa: ["tls_ca"],
};

/** More does not fit beside the button. */
const TOLD_CHARACTERS = 60;

/**
 * What saving would undo of the work of somebody else; `undefined` = nothing. Only the fields of the API that were changed
 * are sent, so the rest is safe; but one that two people changed is undone, though each changed another part of it.
 */
export function meanwhileWords({ before, now, values, known }: Versions): string | undefined {
  if (now === undefined) return "The webhook was deleted meanwhile.";
  const old = fieldsOf(before, known);
  const theirs = fieldsOf(now, known);
  const ours = fieldsOf(values, known);
  const changes = new Map<string, string>();
  for (const name of Object.keys(FIELD_LABELS) as (keyof WebhookFormValues)[]) {
    const isSentOver = SENT_IN[name].some((field) => areAllDifferent(old[field], theirs[field], ours[field]));
    const isUndone = !isSame(before[name], now[name]) && !isSame(now[name], values[name]);
    if (isSentOver && isUndone) changes.set(FIELD_LABELS[name], wordsOf(now[name]));
  }
  if (changes.size === 0) return undefined;
  const told = [...changes].map(([label, words]) => `${label} ${words}`).join("; ");
  return `It was changed meanwhile: ${told}. Saving replaces that.`;
}

function areAllDifferent(one: unknown, two: unknown, three: unknown): boolean {
  return !isSame(one, two) && !isSame(two, three) && !isSame(one, three);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What became of a field; a list is too long to be told. */
function wordsOf(value: WebhookFormValues[keyof WebhookFormValues]): string {
  if (typeof value === "object") return "was changed";
  if (typeof value === "boolean") return value ? "is now on" : "is now off";
  const text = String(value);
  if (text === "") return "is now empty";
  return `is now ${text.length > TOLD_CHARACTERS ? `${text.slice(0, TOLD_CHARACTERS)}…` : text}`;
}
