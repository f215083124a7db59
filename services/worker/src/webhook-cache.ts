import type { Webhook, WebhookId } from "@posthorn/core";
import type { Definitions } from "@posthorn/store";

/** The definitions that this worker has needed. The claim says which revision is current, so no polling is needed. */
export interface WebhookCache {
  /** The definition, at least as new as `revision`; `undefined` when it was deleted. */
  get(id: WebhookId, revision: number): Promise<Webhook | undefined>;
}

/** Enough for any installation seen; beyond it the least recently read goes. */
const KEPT = 20_000;

export function createWebhookCache(definitions: Pick<Definitions, "getForAttempt" | "epoch">): WebhookCache {
  const known = new Map<WebhookId, Webhook>();
  let epoch = definitions.epoch();
  return {
    get: async (id, revision) => {
      // Another Redis may give a revision that it has lost to something else.
      if (epoch !== definitions.epoch()) known.clear();
      epoch = definitions.epoch();
      const cached = known.get(id);
      known.delete(id);
      const webhook =
        cached !== undefined && cached.revision >= revision ? cached : await definitions.getForAttempt(id);
      if (webhook === undefined) return undefined;
      known.set(id, webhook);
      if (known.size > KEPT) {
        const oldest = known.keys().next().value;
        if (oldest !== undefined) known.delete(oldest);
      }
      return webhook;
    },
  };
}
