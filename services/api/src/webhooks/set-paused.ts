import type { Webhook } from "@posthorn/core";
import type { Definitions } from "@posthorn/store";
import { unknownWebhook } from "./find-webhook.ts";

interface SetPausedDeps {
  readonly definitions: Pick<Definitions, "update">;
  readonly now: () => number;
}

/**
 * Pauses or resumes a webhook, whatever else is changed of it at the same time. Resolves to the version to wait for;
 * `undefined` = it was so already. Throws `NOT_FOUND` when the webhook is deleted meanwhile.
 */
export async function setPaused(
  { definitions, now }: SetPausedDeps,
  find: () => Promise<Webhook>,
  paused: boolean,
): Promise<number | undefined> {
  for (;;) {
    const webhook = await find();
    if (webhook.paused === paused) return undefined;
    const changed: Webhook = { ...webhook, revision: webhook.revision + 1, paused, updatedAtMs: now() };
    const write = await definitions.update(changed, { drain: false });
    if (write.kind === "missing") throw unknownWebhook();
    if (write.kind === "written") return write.version;
  }
}
