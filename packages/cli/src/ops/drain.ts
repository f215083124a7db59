import type { ApiClient } from "../client/api-client.ts";
import { counted } from "./amounts.ts";
import type { Stats } from "./stats.ts";
import { ask, findWebhook } from "./webhooks.ts";
import type { KnownWebhook, Told } from "./webhooks.ts";

/** As many can be named in one call. */
const WEBHOOKS_A_PAGE = 100;

/** Has what waits tried now, of one webhook or of all; resolves to lines that tell of each. */
export async function drain(client: ApiClient, webhook: string | undefined): Promise<Told<readonly string[]>> {
  if (webhook === undefined) return drainAll(client);
  const found = await findWebhook(client, webhook);
  if (found.kind === "failed") return found;
  const told = await drainOne(client, found.value);
  return told.kind === "failed" ? told : { kind: "ok", value: [told.value] };
}

/** Asks for webhooks by their ids, since only of those is told what waits at this moment. */
async function drainAll(client: ApiClient): Promise<Told<readonly string[]>> {
  const all = await ask<readonly KnownWebhook[]>(client, "GET", "/webhooks");
  if (all.kind === "failed") return all;
  const lines: string[] = [];
  for (let index = 0; index < all.value.length; index += WEBHOOKS_A_PAGE) {
    const ids = all.value.slice(index, index + WEBHOOKS_A_PAGE).map(({ id }) => id);
    const stats = await ask<Stats>(client, "GET", `/stats?limit=${WEBHOOKS_A_PAGE}&webhooks=${ids.join(",")}`);
    if (stats.kind === "failed") return stats;
    const { webhooks, paused_since: pausedSince } = stats.value;
    if (pausedSince !== null) {
      return { kind: "failed", message: "Everything is paused, so nothing is tried: npm run ops -- resume" };
    }
    for (const row of webhooks.filter((one) => one.waiting_batches + one.scheduled_batches > 0)) {
      if (!row.active || row.paused) {
        lines.push(`${row.name}: left alone, since it is ${row.active ? "paused" : "inactive"}`);
        continue;
      }
      const told = await drainOne(client, row);
      lines.push(told.kind === "ok" ? told.value : `${row.name}: ${told.message}`);
    }
  }
  return { kind: "ok", value: lines.length === 0 ? ["Nothing waits"] : lines };
}

async function drainOne(
  client: ApiClient,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Told<string>> {
  const told = await ask<{ readonly batches: number }>(client, "POST", `/webhooks/${id}/retry`);
  if (told.kind === "failed") return told;
  return { kind: "ok", value: `${name}: ${counted(told.value.batches, "batch", "batches")} due now` };
}
