import { EVERY_SUBACCOUNT } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

/** The primary account, as an event's or a request's `subaccount_id`. */
export const PRIMARY_ACCOUNT = 0;

/** An event that names no subaccount: whoever sent it decides whose it is, else it is the primary account's. */
export const UNNAMED_SUBACCOUNT = -1;

/** An event whose `subaccount_id` is no number: only webhooks for everybody get it. */
export const UNREADABLE_SUBACCOUNT = -2;

export const SUBACCOUNT_MAX = 2_147_483_647;

/** True when a webhook of this scope gets the events of this subaccount. */
export function isInScope(
  { subaccount: scope, exceptionSubaccounts }: Pick<Webhook, "subaccount" | "exceptionSubaccounts">,
  subaccount: number,
): boolean {
  return scope === EVERY_SUBACCOUNT ? !exceptionSubaccounts.includes(subaccount) : scope === subaccount;
}
