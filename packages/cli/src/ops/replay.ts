import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { ApiClient } from "../client/api-client.ts";
import type { FoundFile } from "./archive-files.ts";

/** What came of one file. */
export interface Replayed {
  readonly file: string;
  readonly result:
    | { readonly kind: "sent"; readonly events: number }
    /** Nothing was sent now: it was before, and the API still knows. */
    | { readonly kind: "sent-before" }
    | { readonly kind: "failed"; readonly message: string };
}

interface ReplayOptions {
  readonly client: ApiClient;
  readonly files: readonly FoundFile[];
  /** Another webhook than each file's own. */
  readonly to: string | undefined;
  readonly isAgain: boolean;
  readonly onFile: (replayed: Replayed) => void;
}

/**
 * Sends the events of each file to its webhook alone, one file after the other. Within the idempotency window a file that
 * was sent is not sent a second time, so that a replay that broke off can be begun anew; resolves to how many failed.
 */
export async function replay({ client, files, to, isAgain, onFile }: ReplayOptions): Promise<number> {
  let failed = 0;
  for (const { path, webhook, batch } of files) {
    const result = await send(client, {
      path,
      webhook: to ?? webhook,
      key: `replay ${batch}${isAgain ? ` ${randomUUID()}` : ""}`,
    });
    if (result.kind === "failed") failed += 1;
    onFile({ file: basename(path), result });
  }
  return failed;
}

async function send(
  client: ApiClient,
  { path, webhook, key }: { readonly path: string; readonly webhook: string; readonly key: string },
): Promise<Replayed["result"]> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    return { kind: "failed", message: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})` };
  }
  const answer = await client.upload(`/webhooks/${webhook}/events`, content, {
    "content-type": "application/x-ndjson",
    "content-encoding": "gzip",
    "idempotency-key": key,
  });
  if (answer.kind !== "done") return { kind: "failed", message: answer.message };
  if (answer.isRepeat === true) return { kind: "sent-before" };
  return { kind: "sent", events: (answer.results as { readonly accepted: number }).accepted };
}
