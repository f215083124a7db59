import { sizeText } from "@posthorn/core";
import type { ApiClient } from "../client/api-client.ts";
import { table } from "../table.ts";
import { age, count } from "./amounts.ts";
import { isMeant } from "./batch-filter.ts";
import type { BatchFilter, ListedBatch } from "./batch-filter.ts";
import type { Told } from "./webhooks.ts";

const ROWS_A_PAGE = 1_000;

interface Page {
  readonly results: readonly ListedBatch[];
  readonly cursor: string | null;
}

/** The batches of a webhook that a filter means, those that are here oldest first; `limit` of them at most. */
export async function listBatches(
  client: ApiClient,
  webhook: string,
  filter: BatchFilter,
  { limit, nowMs }: { readonly limit: number; readonly nowMs: number },
): Promise<Told<readonly ListedBatch[]>> {
  const found: ListedBatch[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(ROWS_A_PAGE) });
    if (filter.states !== undefined) query.set("state", filter.states.join(","));
    if (cursor !== null) query.set("cursor", cursor);
    const answer = await client.call("GET", `/webhooks/${webhook}/batches?${query.toString()}`, undefined, {
      whole: true,
    });
    if (answer.kind !== "done") return { kind: "failed", message: answer.message };
    const page = answer.results as Page;
    found.push(...page.results.filter((batch) => isMeant(batch, filter, nowMs)));
    cursor = page.cursor;
  } while (cursor !== null && found.length < limit);
  return { kind: "ok", value: found.slice(0, limit) };
}

export function batchTable(batches: readonly ListedBatch[], nowMs: number): string {
  return table(
    ["ID", "STATE", "EVENTS", "BODY", "AGE", "ATTEMPTS", "FAILED", "NEXT ATTEMPT", "LAST ATTEMPT"],
    batches.map((batch) => [
      batch.id,
      batch.state,
      count(batch.events),
      sizeText(batch.body_bytes),
      age(batch.created_at, nowMs),
      count(batch.attempts),
      count(batch.failed_attempts),
      batch.next_attempt_at ?? "-",
      batch.last_attempt === null ? "-" : (batch.last_attempt.message ?? `status ${batch.last_attempt.status}`),
    ]),
  );
}
