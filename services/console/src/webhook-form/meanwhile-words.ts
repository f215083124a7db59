import { FIELD_LABELS } from "./field-problems.ts";
import type { WebhookFormValues } from "./form-values.ts";

interface Versions {
  /** As the webhook was when the form was opened. */
  readonly before: WebhookFormValues;
  /** As it is now; `undefined` = it was deleted. */
  readonly now: WebhookFormValues | undefined;
  /** What is in the form. */
  readonly values: WebhookFormValues;
}

/** More does not fit beside the button. */
const TOLD_CHARACTERS = 60;

/**
 * What saving would undo of the work of somebody else; `undefined` = nothing. Only what was changed is sent, so the rest
 * is safe.
 */
export function meanwhileWords({ before, now, values }: Versions): string | undefined {
  if (now === undefined) return "The webhook was deleted meanwhile.";
  const changes = new Map<string, string>();
  for (const name of Object.keys(FIELD_LABELS) as (keyof WebhookFormValues)[]) {
    const isTheirs = !isSame(before[name], now[name]);
    const isOurs = !isSame(before[name], values[name]);
    if (isTheirs && isOurs && !isSame(now[name], values[name])) changes.set(FIELD_LABELS[name], wordsOf(now[name]));
  }
  if (changes.size === 0) return undefined;
  const told = [...changes].map(([label, words]) => `${label} ${words}`).join("; ");
  return `It was changed meanwhile: ${told}. Saving replaces that.`;
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
