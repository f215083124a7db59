import { webhookId } from "@posthorn/core";
import type { WebhookId } from "@posthorn/core";
import type { ApiClient } from "../client/api-client.ts";
import { printable } from "../printable.ts";

/** A webhook as far as commands need it. */
export interface KnownWebhook {
  readonly id: WebhookId;
  /** As it may be printed. */
  readonly name: string;
}

/** What a call came to, as far as these commands go on with it. */
export type Told<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "failed"; readonly message: string };

/** Calls the API; what it refuses is told in words. */
export async function ask<T>(client: ApiClient, method: "GET" | "POST", path: string): Promise<Told<T>> {
  const answer = await client.call(method, path);
  return answer.kind === "done"
    ? { kind: "ok", value: answer.results as T }
    : { kind: "failed", message: answer.message };
}

/** The webhook of this id, or the only one of this name. */
export async function findWebhook(client: ApiClient, text: string): Promise<Told<KnownWebhook>> {
  const id = webhookId(text);
  if (id !== undefined) {
    const told = await ask<KnownWebhook>(client, "GET", `/webhooks/${id}`);
    return told.kind === "ok" ? { kind: "ok", value: printed(told.value) } : told;
  }
  const all = await ask<readonly KnownWebhook[]>(client, "GET", "/webhooks");
  if (all.kind === "failed") return all;
  const [found, ...others] = all.value.filter(({ name }) => name === text);
  if (found !== undefined && others.length === 0) return { kind: "ok", value: printed(found) };
  return {
    kind: "failed",
    message:
      found === undefined
        ? `There is no webhook ${text}: npm run webhooks -- list shows them`
        : `There are ${others.length + 1} webhooks ${text}: give the id of one, which npm run webhooks -- list shows`,
  };
}

function printed({ id, name }: KnownWebhook): KnownWebhook {
  return { id, name: printable(name) };
}
