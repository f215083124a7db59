import { batchId, webhookId } from "./ids.ts";
import type { BatchId, WebhookId } from "./ids.ts";

/** What a file of the archive holds, as its name tells. */
export interface ArchiveFile {
  /** When the batch was given up; to the second. */
  readonly endedAtMs: number;
  readonly webhook: WebhookId;
  readonly batch: BatchId;
  readonly why: "expired" | "overflowed";
}

const NAME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)_([0-9a-f-]{36})_([0-9a-f-]{36})_(expired|overflowed)\.ndjson\.gz$/;

/** Sorts by time. Whoever writes the file of a batch gives it the same name. */
export function archiveFileName({ endedAtMs, webhook, batch, why }: ArchiveFile): string {
  const time = new Date(endedAtMs).toISOString().replace(/\.\d+Z$/, "Z");
  return `${time.replaceAll(":", "-")}_${webhook}_${batch}_${why}.ndjson.gz`;
}

/** `undefined` for whatever else lies in the folder. */
export function parseArchiveFileName(name: string): ArchiveFile | undefined {
  const [, time = "", id = "", batchText = "", why] = NAME.exec(name) ?? [];
  const [webhook, batch] = [webhookId(id), batchId(batchText)];
  const [day, clock = ""] = time.split("T");
  const endedAtMs = Date.parse(`${day}T${clock.replaceAll("-", ":")}`);
  if (webhook === undefined || batch === undefined || Number.isNaN(endedAtMs)) return undefined;
  return { endedAtMs, webhook, batch, why: why === "overflowed" ? why : "expired" };
}
