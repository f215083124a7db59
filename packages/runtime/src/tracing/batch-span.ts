import { createHash } from "node:crypto";
import { SpanStatusCode } from "@opentelemetry/api";
import type { Link, Span } from "@opentelemetry/api";
import type { SpanIds } from "./given-ids.ts";
import type { Tracing } from "./start-tracing.ts";

/** What is known of a batch by whoever traces it. */
export interface TracedBatch {
  readonly webhook: string;
  readonly batch: string;
  readonly events: number;
  readonly createdAtMs: number;
}

/**
 * The ids of a batch's span: all its attempts are in one trace, in whichever process they are made, and its trace id is the
 * batch id without the hyphens.
 */
export function batchSpanIds(batch: string): SpanIds {
  return {
    traceId: batch.replaceAll("-", "").toLowerCase(),
    spanId: createHash("sha256").update(batch).digest("hex").slice(0, 16),
  };
}

/** Begins the span of a batch for those below it. Only who knows the batch's end ends it, so that it is sent once. */
export function startBatchSpan(tracing: Tracing, traced: TracedBatch, links: Link[] = []): Span {
  const { webhook, batch, events, createdAtMs } = traced;
  return tracing.startRoot("batch", batchSpanIds(batch), {
    startTime: createdAtMs,
    attributes: { "posthorn.webhook": webhook, "posthorn.batch": batch, "posthorn.events": events },
    links,
  });
}

/** Ends the span of a batch that is not to be delivered any more, or not as it is; a lost lease is no end, nor is what becomes of it later. */
export function traceLostBatch(
  tracing: Tracing | undefined,
  note: TracedBatch & { readonly kind: string; readonly attempts: number; readonly atMs: number },
): void {
  if (tracing === undefined || note.kind === "lease-lost" || note.kind === "unarchived") return;
  const span = startBatchSpan(tracing, note);
  span.setAttributes({ "posthorn.fate": note.kind, "posthorn.attempts": note.attempts });
  if (note.kind !== "split") span.setStatus({ code: SpanStatusCode.ERROR, message: note.kind });
  span.end(note.atMs);
}
