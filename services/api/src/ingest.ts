import { createHash, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { DomainError, groupEvents, scanEvents } from "@posthorn/core";
import type { EventFormat, EventGroup, RequestId, RoutingTable, ScannedEvents } from "@posthorn/core";
import type { Append, Idempotency } from "@posthorn/store";
import { StoreUnavailableError } from "@posthorn/store";

export interface IngestDeps {
  readonly routes: () => RoutingTable;
  readonly append: Append;
  readonly idempotency: Idempotency;
  readonly batchMaxBytes: number;
  readonly idempotencyWindowMs: number;
  readonly metrics: IngestMetrics;
}

export interface IngestMetrics {
  accepted(events: number, unrouted: number): void;
  rejected(): void;
}

export interface IngestRequest {
  readonly body: Buffer;
  readonly format: EventFormat;
  readonly idempotencyKey: string | undefined;
  /** Keys of different senders do not meet. */
  readonly scope: string;
}

/** Appends are repeated this often under the request's id before the sender has to. */
const TRIES = 4;
const TRY_AGAIN_MS = 150;
/** How long a request without a key of its own is recognised; it covers the repeated appends. */
const UNKEYED_DONE_MS = 60_000;

type Groups = ReadonlyMap<number, readonly EventGroup[]>;

/** Stores the events of a request and resolves to the answer's text. Throws `DomainError`. */
export async function ingest(deps: IngestDeps, request: IngestRequest): Promise<string> {
  const scan = scanEvents(request.body, request.format);
  if (scan.kind === "bad") {
    deps.metrics.rejected();
    throw new DomainError("INVALID", scan.problems);
  }
  refuseLargeEvents(scan.events, deps.batchMaxBytes);
  const { byPartition, unrouted } = groupEvents(request.body, scan.events, deps.routes());
  const answer = JSON.stringify({ results: { id: randomUUID(), accepted: scan.events.count } });
  const stored =
    request.idempotencyKey === undefined
      ? await storeOnce(deps, byPartition, answer)
      : await storeUnderKey(deps, request, byPartition, answer);
  deps.metrics.accepted(scan.events.count, unrouted);
  return stored;
}

async function storeOnce(deps: IngestDeps, groups: Groups, answer: string): Promise<string> {
  await appendAll(deps, randomUUID() as RequestId, groups, [...groups.keys()], UNKEYED_DONE_MS);
  return answer;
}

async function storeUnderKey(
  deps: IngestDeps,
  { body, scope, idempotencyKey = "" }: IngestRequest,
  groups: Groups,
  answer: string,
): Promise<string> {
  const { idempotency, idempotencyWindowMs: windowMs } = deps;
  const requestId = createHash("sha256").update(`${scope}\n${idempotencyKey}`).digest("base64url") as RequestId;
  const digest = createHash("sha256").update(body).digest("base64url");
  const begin = await idempotency.begin({ requestId, digest, partitions: [...groups.keys()], windowMs });
  switch (begin.kind) {
    case "finished":
      return begin.answer;
    case "in-progress":
      throw new DomainError(
        "IDEMPOTENCY_IN_PROGRESS",
        [
          {
            message: "A request with this Idempotency-Key is being worked on: repeat it later",
            param: "Idempotency-Key",
          },
        ],
        { retryAfterSeconds: Math.max(1, Math.ceil(begin.retryAfterMs / 1_000)) },
      );
    case "mismatch":
      throw new DomainError("IDEMPOTENCY_MISMATCH", [
        { message: "This Idempotency-Key was used with another body: use a new key", param: "Idempotency-Key" },
      ]);
    case "begun":
      break;
  }
  try {
    // The marks of what was appended outlive the record, so that a repeat late in the window finds them.
    await appendAll(deps, requestId, groups, begin.partitions, windowMs + UNKEYED_DONE_MS);
    await idempotency.finish(requestId, answer);
    return answer;
  } catch (error) {
    await idempotency.release(requestId).catch(() => undefined);
    throw error;
  }
}

async function appendAll(
  { append }: IngestDeps,
  requestId: RequestId,
  groups: Groups,
  partitions: readonly number[],
  doneTtlMs: number,
): Promise<void> {
  await Promise.all(
    partitions.map(async (partition) => {
      const own = groups.get(partition);
      if (own === undefined) return;
      for (let tries = 1; ; tries++) {
        try {
          return await append({ partition, requestId, doneTtlMs, groups: own });
        } catch (error) {
          if (!(error instanceof StoreUnavailableError) || tries === TRIES) throw error;
          await delay(TRY_AGAIN_MS * tries);
        }
      }
    }),
  );
}

function refuseLargeEvents({ count, starts, ends }: ScannedEvents, batchMaxBytes: number): void {
  for (let index = 0; index < count; index++) {
    const bytes = (ends[index] as number) - (starts[index] as number);
    if (bytes + 2 > batchMaxBytes) {
      throw new DomainError("TOO_LARGE", [
        {
          message: `This event has ${bytes} bytes, but a batch holds ${batchMaxBytes - 2}: leave it out or raise BATCH_MAX_BYTES`,
          param: `[${index}]`,
        },
      ]);
    }
  }
}
