import { Router } from "express";
import { webhookId } from "@posthorn/core";
import type { Webhook } from "@posthorn/core";
import type { Definitions } from "@posthorn/store";
import { callScope } from "../call-scope.ts";
import { methodNotAllowed } from "../errors.ts";
import { readJsonBody } from "../json-body.ts";
import { checkWebhook } from "../webhooks/check-webhook.ts";
import type { CheckDeps } from "../webhooks/check-webhook.ts";
import { isVisible, unknownWebhook } from "../webhooks/find-webhook.ts";

export interface CheckRouteDeps extends CheckDeps {
  readonly definitions: Pick<Definitions, "get">;
}

/** Judges a definition while somebody still writes it; below `/webhooks`. */
export function createWebhookCheckRouter(deps: CheckRouteDeps): Router {
  const router = Router();

  const find = async (text: unknown, scope: number | undefined): Promise<Webhook | undefined> => {
    if (text === undefined) return undefined;
    const id = typeof text === "string" ? webhookId(text) : undefined;
    const webhook = id === undefined ? undefined : await deps.definitions.get(id);
    if (webhook === undefined || !isVisible(webhook, scope)) throw unknownWebhook();
    return webhook;
  };

  router
    .route("/check")
    .post(async (request, response) => {
      const scope = callScope(request, response);
      const webhook = await find(request.query["id"], scope);
      response.json({ results: checkWebhook(deps, await readJsonBody(request), { webhook, scope }) });
    })
    .all(methodNotAllowed("POST"));
  return router;
}
