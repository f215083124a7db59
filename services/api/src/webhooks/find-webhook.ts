import type { Request, Response } from "express";
import { DomainError, webhookId } from "@posthorn/core";
import type { Webhook } from "@posthorn/core";
import type { Definitions } from "@posthorn/store";
import { callScope } from "../call-scope.ts";

export function unknownWebhook(): DomainError {
  return new DomainError("NOT_FOUND", [
    { message: "Resource could not be found", description: "There is no webhook with this id.", code: "1600" },
  ]);
}

/** True when a call made for this subaccount may see the webhook; `undefined` = it sees all. */
export function isVisible(webhook: Webhook, scope: number | undefined): boolean {
  return scope === undefined || webhook.subaccount === scope;
}

/** The webhook that a path names. Throws `NOT_FOUND` when there is none, or when it is not the caller's to see. */
export async function findWebhook(
  definitions: Pick<Definitions, "get">,
  request: Request,
  response: Response,
): Promise<Webhook> {
  const scope = callScope(request, response);
  const id = webhookId(String(request.params["id"]));
  const webhook = id === undefined ? undefined : await definitions.get(id);
  if (webhook === undefined || !isVisible(webhook, scope)) throw unknownWebhook();
  return webhook;
}
