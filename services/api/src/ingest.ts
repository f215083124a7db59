import { createHash, randomUUID } from "node:crypto";
import { DomainError, groupEvents, groupForOne, PRIMARY_ACCOUNT, scanEvents, UNNAMED_SUBACCOUNT } from "@posthorn/core";
import type { EventFormat, EventGroup, RequestId, RoutingTable, ScannedEvents, Webhook } from "@posthorn/core";
import type { Append, AppendRequest, Idempotency, SeriesRecorder } from "@posthorn/store";
import { repeatWhileUnavailable } from "./repeat-while-unavailable.ts";

export interface IngestDeps {
  readonly routes: () => RoutingTable;
  readonly append: Append;
  readonly idempotency: Idempotency;
  readonly batchMaxBytes: number;
  readonly idempotencyWindowMs: number;
  readonly metrics: Pick<IngestMetrics, "accepted">;
  readonly series: Pick<SeriesRecorder, "accepted" | "appended">;
}

export interface IngestMetrics {
  accepted(events: number, unrouted: number): void;
  rejected(reason: string): void;
}

export interface IngestRequest {
  readonly body: Buffer;
  readonly format: EventFormat;
  readonly idempotencyKey: string | undefined;
  /** Keys of different senders do not meet. */
  readonly scope: string;
  readonly owner: EventOwner;
  /** Who gets them, whatever it wants; `undefined` = whoever wants them. */
  readonly only?: Pick<Webhook, "id" | "partition"> | undefined;
}

/** Whose the events of a request are. */
export interface EventOwner {
  /** Of events that name no subaccount; `undefined` = the primary account. */
  readonly subaccount: number | undefined;
  /** Others' events are refused: the key is bound to that subaccount. */
  readonly isBound: boolean;
}

/** How long a repeated append is recognised beyond the last repetition that there can be. */
const DONE_MARGIN_MS = 60_000;

/** What makes room takes some seconds: a delivery, or what overflows. */
const FULL_RETRY_AFTER_SECONDS = 5;

export interface Stored {
  /** The text of the answer. */
  readonly answer: string;
  /** False for a repeat of what was stored before. */
  readonly isNew: boolean;
}

type Groups = ReadonlyMap<number, readonly EventGroup[]>;

/** Stores the events of a request. Throws `DomainError`. */
export async function ingest(deps: IngestDeps, request: IngestRequest): Promise<Stored> {
  const scan = scanEvents(request.body, request.format);
  if (scan.kind === "bad") throw new DomainError("INVALID", scan.problems);
  refuseLargeEvents(scan.events, deps);
  refuseForeignEvents(scan.events, request.owner);
  const { byPartition, unrouted } =
    request.only === undefined
      ? groupEvents(request.body, scan.events, deps.routes(), accountOf(request.owner))
      : groupForOne(request.body, scan.events, request.only);
  const answer = JSON.stringify({ results: { id: randomUUID(), accepted: scan.events.count } });
  const stored =
    request.idempotencyKey === undefined
      ? await storeOnce(deps, request, byPartition, answer)
      : await storeUnderKey(deps, request, byPartition, answer);
  if (stored.isNew) {
    deps.metrics.accepted(scan.events.count, unrouted);
    deps.series.accepted(scan.events.count);
  }
  return stored;
}

function accountOf({ subaccount }: EventOwner): number {
  return subaccount ?? PRIMARY_ACCOUNT;
}

async function storeOnce(deps: IngestDeps, request: IngestRequest, groups: Groups, answer: string): Promise<Stored> {
  const mark = { requestId: randomUUID() as RequestId, doneTtlMs: DONE_MARGIN_MS };
  await appendAll(deps, request, groups, [...groups.keys()], mark);
  return { answer, isNew: true };
}

async function storeUnderKey(
  deps: IngestDeps,
  request: IngestRequest,
  groups: Groups,
  answer: string,
): Promise<Stored> {
  const { body, scope, owner, idempotencyKey = "" } = request;
  const { idempotency, idempotencyWindowMs: windowMs } = deps;
  const requestId = createHash("sha256").update(`${scope}\n${idempotencyKey}`).digest("base64url") as RequestId;
  // The same body for another subaccount is another request.
  const digest = createHash("sha256")
    .update(`${accountOf(owner)}\n`)
    .update(body)
    .digest("base64url");
  const holder = randomUUID();
  const partitions = [...groups.keys()];
  const begin = await repeatWhileUnavailable(() =>
    idempotency.begin({ requestId, holder, digest, partitions, windowMs }),
  );
  switch (begin.kind) {
    case "finished":
      return { answer: begin.answer, isNew: false };
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
        {
          message: "This Idempotency-Key was used with another body or subaccount: use a new key",
          param: "Idempotency-Key",
        },
      ]);
    case "begun":
      break;
  }
  try {
    // The marks of what was appended outlive the record, so that a repeat late in the window finds them.
    const mark = { requestId: begin.appendId, doneTtlMs: windowMs + DONE_MARGIN_MS };
    await appendAll(deps, request, groups, begin.partitions, mark);
    const finish = { requestId, appendId: begin.appendId, answer };
    return { answer: await repeatWhileUnavailable(() => idempotency.finish(finish)), isNew: true };
  } catch (error) {
    await idempotency.release({ requestId, holder }).catch(() => undefined);
    throw error;
  }
}

/** Resolves when every partition has stored its share; waits for all of them, also when one fails. */
async function appendAll(
  { append, series }: IngestDeps,
  { only }: Pick<IngestRequest, "only">,
  groups: Groups,
  partitions: readonly number[],
  mark: Pick<AppendRequest, "requestId" | "doneTtlMs">,
): Promise<void> {
  const appends = partitions.map(async (partition) => {
    const own = groups.get(partition);
    // Recorded by an earlier try, but by now nobody there wants these events.
    if (own === undefined) return;
    const answer = await repeatWhileUnavailable(() => append({ partition, ...mark, groups: own }));
    if (answer === "full") throw storeFull();
    if (answer === "unwanted" && only !== undefined) throw takesNoEvents();
    for (const { webhooks, chunks } of own) {
      series.appended(
        partition,
        webhooks,
        chunks.reduce((sum, { events }) => sum + events, 0),
      );
    }
  });
  for (const result of await Promise.allSettled(appends)) {
    if (result.status === "rejected") throw result.reason;
  }
}

function takesNoEvents(): DomainError {
  return new DomainError("INVALID", [
    { message: "The webhook takes no events, since it is inactive: update it with active true, then repeat this" },
  ]);
}

function storeFull(): DomainError {
  return new DomainError(
    "UNAVAILABLE",
    [
      {
        message: "The store is full: repeat the request later",
        description:
          "More waits for its targets than BACKLOG_MAX_BYTES allows; see backlog_bytes in GET /api/v1/stats.",
      },
    ],
    { retryAfterSeconds: FULL_RETRY_AFTER_SECONDS },
  );
}

function refuseLargeEvents(
  { count, starts, ends }: ScannedEvents,
  { batchMaxBytes }: Pick<IngestDeps, "batchMaxBytes">,
): void {
  // A batch's brackets count too.
  const maxBytes = batchMaxBytes - 2;
  for (let index = 0; index < count; index++) {
    const bytes = (ends[index] as number) - (starts[index] as number);
    if (bytes <= maxBytes) continue;
    throw new DomainError("TOO_LARGE", [
      {
        message: `This event has ${bytes} bytes, but a batch holds ${maxBytes}: leave it out or raise BATCH_MAX_BYTES`,
        param: `[${index}]`,
      },
    ]);
  }
}

const FOREIGN_SHOWN_MAX = 20;

function refuseForeignEvents({ count, subaccounts }: ScannedEvents, { subaccount, isBound }: EventOwner): void {
  if (!isBound) return;
  const foreign: number[] = [];
  for (let index = 0; index < count && foreign.length < FOREIGN_SHOWN_MAX; index++) {
    const named = subaccounts[index] as number;
    if (named !== UNNAMED_SUBACCOUNT && named !== subaccount) foreign.push(index);
  }
  if (foreign.length === 0) return;
  throw new DomainError(
    "FORBIDDEN",
    foreign.map((index) => ({
      message: `This API key is bound to subaccount ${subaccount}: it cannot send the events of others`,
      param: `[${index}].msys.*.subaccount_id`,
      code: "1100",
    })),
  );
}
