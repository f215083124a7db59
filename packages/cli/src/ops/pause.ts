import type { ApiClient } from "../client/api-client.ts";
import type { Command } from "./options.ts";
import { ask, findWebhook } from "./webhooks.ts";
import type { Told } from "./webhooks.ts";

type PauseCommand = Extract<Command, { kind: "pause" | "resume" }>;

/** Pauses or resumes everything, a webhook, or batches of one; resolves to what is to be told. */
export async function pause(client: ApiClient, { kind, webhook, batches }: PauseCommand): Promise<Told<string>> {
  if (webhook === undefined) {
    const told = await ask(client, "POST", `/${kind}`);
    if (told.kind === "failed") return told;
    return {
      kind: "ok",
      value:
        kind === "pause"
          ? "Everything is paused: events are still accepted, nothing is sent, and clocks stand still"
          : "Everything goes on, but for what is paused for itself",
    };
  }
  const found = await findWebhook(client, webhook);
  if (found.kind === "failed") return found;
  const { id, name } = found.value;
  const paths = batches.length === 0 ? [`/webhooks/${id}`] : batches.map((batch) => `/webhooks/${id}/batches/${batch}`);
  for (const path of paths) {
    const told = await ask(client, "POST", `${path}/${kind}`);
    if (told.kind === "failed") return told;
  }
  const what = batches.length === 0 ? `The webhook ${name}` : `${batches.length} of the batches of ${name}`;
  return { kind: "ok", value: `${what} ${kind === "pause" ? "paused" : "resumed"}` };
}
