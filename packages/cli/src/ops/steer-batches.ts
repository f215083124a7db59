import type { ApiClient } from "../client/api-client.ts";
import { counted } from "./amounts.ts";
import type { BatchFilter } from "./batch-filter.ts";
import { listBatches } from "./batches.ts";
import type { Chosen } from "./options.ts";
import { ask, findWebhook } from "./webhooks.ts";
import type { KnownWebhook, Told } from "./webhooks.ts";

interface Steering {
  readonly action: "retry" | "discard";
  readonly webhook: string;
  readonly chosen: Chosen;
  /** Otherwise it is only told what would be done. */
  readonly isConfirmed: boolean;
}

/** What came of it. */
interface Steered {
  readonly text: string;
  readonly isDone: boolean;
}

/** Without a word about states, what is not under way. */
const STATES = { retry: ["waiting", "scheduled"], discard: ["waiting", "scheduled", "reserved", "paused"] } as const;

/** Tries again, or deletes, batches of a webhook. One that has moved on meanwhile keeps no other from it. */
export async function steerBatches(client: ApiClient, steering: Steering): Promise<Told<Steered>> {
  const { action, webhook, chosen, isConfirmed } = steering;
  const found = await findWebhook(client, webhook);
  if (found.kind === "failed") return found;
  const { id, name } = found.value;
  const meant = await find(client, found.value, chosen, action);
  if (meant.kind === "failed") return meant;
  const batches = meant.value;
  if (batches.length === 0) {
    return ok(chosen.kind === "all" ? `Nothing of ${name} waits` : `${name} has no such batch`, true);
  }
  if (!isConfirmed) {
    const events = batches.reduce((sum, batch) => sum + (batch.events ?? 0), 0);
    const what = `${counted(batches.length, "batch", "batches")}${events > 0 ? ` with ${counted(events, "event")}` : ""}`;
    return ok(`This would ${action} ${what} of ${name}: give --yes to do it`, false);
  }
  if (chosen.kind === "all") {
    const told = await ask<{ readonly batches: number }>(client, "POST", `/webhooks/${id}/${action}`);
    return told.kind === "failed"
      ? told
      : ok(`${PAST[action]} ${counted(told.value.batches, "batch", "batches")} of ${name}`, true);
  }
  const refusals: string[] = [];
  for (const batch of batches) {
    const told = await ask(client, "POST", `/webhooks/${id}/batches/${batch.id}/${action}`);
    if (told.kind === "failed") refusals.push(`${batch.id}: ${told.message}`);
  }
  const done = `${PAST[action]} ${batches.length - refusals.length} of ${counted(batches.length, "batch", "batches")} of ${name}`;
  return ok([done, ...refusals].join("\n"), refusals.length === 0);
}

const PAST = { retry: "Retried", discard: "Discarded" } as const;

function ok(text: string, isDone: boolean): Told<Steered> {
  return { kind: "ok", value: { text, isDone } };
}

async function find(
  client: ApiClient,
  { id }: KnownWebhook,
  chosen: Chosen,
  action: Steering["action"],
): Promise<Told<readonly { readonly id: string; readonly events?: number }[]>> {
  switch (chosen.kind) {
    case "named":
      return { kind: "ok", value: chosen.batches.map((batch) => ({ id: batch })) };
    case "filtered":
    case "all": {
      const filter: BatchFilter =
        chosen.kind === "filtered"
          ? chosen.filter
          : { states: undefined, olderMs: undefined, failedAttempts: undefined };
      const states = filter.states ?? STATES[action];
      return listBatches(client, id, { ...filter, states }, { limit: Infinity, nowMs: Date.now() });
    }
  }
}
