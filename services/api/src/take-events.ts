import type { Request, Response } from "express";
import { DomainError } from "@posthorn/core";
import type { EventFormat, Webhook } from "@posthorn/core";
import { StoreUnavailableError } from "@posthorn/store";
import { callScope } from "./call-scope.ts";
import { callerOf } from "./caller.ts";
import { eventFormat } from "./event-format.ts";
import type { InflightBytes } from "./inflight-bytes.ts";
import { readIngestBody } from "./ingest-body.ts";
import { ingest } from "./ingest.ts";
import type { IngestDeps, IngestMetrics } from "./ingest.ts";
import type { StoreTurns } from "./store-turns.ts";

export interface EventDeps extends IngestDeps {
  readonly metrics: IngestMetrics;
  readonly ensureFresh: () => Promise<void>;
  readonly inflight: InflightBytes;
  readonly turns: StoreTurns;
  readonly eventsMaxBodyBytes: number;
}

const KEY = /^[\x20-\x7e]{1,255}$/;

interface Taking {
  /** Of a body whose type does not say. */
  readonly format: EventFormat;
  /** Who gets them, whatever it wants; `undefined` = whoever wants them. */
  readonly only?: Webhook;
}

/** Stores the events of a request and answers it. Throws `DomainError`. */
export async function takeEvents(deps: EventDeps, taking: Taking, request: Request, response: Response): Promise<void> {
  try {
    await store(deps, taking, request, response);
  } catch (error) {
    deps.metrics.rejected(reasonOf(error));
    throw error;
  }
}

async function store(deps: EventDeps, taking: Taking, request: Request, response: Response): Promise<void> {
  const { only } = taking;
  const format = eventFormat(request, taking.format);
  const idempotencyKey = readKey(request);
  const { keyId, subaccountId } = callerOf(response);
  const owner = { subaccount: callScope(request, response), isBound: subaccountId !== null };
  const scope = only === undefined ? keyId : `${keyId} ${only.id}`;
  const share = deps.inflight.open();
  try {
    const body = await readIngestBody(request, deps.eventsMaxBodyBytes, share);
    const { answer, isNew } = await deps.turns.run(body.length, async () => {
      await deps.ensureFresh();
      return ingest(deps, { body, format, idempotencyKey, scope, owner, only });
    });
    // The answer itself is that of the first time, to the byte.
    if (!isNew) response.set("Idempotent-Replayed", "true");
    response.type("application/json").send(answer);
  } finally {
    share.release();
  }
}

/** Of a request that is not accepted, in a word. */
function reasonOf(error: unknown): string {
  if (error instanceof DomainError) return error.code.toLowerCase();
  return error instanceof StoreUnavailableError ? "unavailable" : "failed";
}

function readKey(request: Request): string | undefined {
  const key = request.get("idempotency-key");
  if (key === undefined || KEY.test(key)) return key;
  throw new DomainError("INVALID", [
    { message: "Idempotency-Key has 1 to 255 printable ASCII characters", param: "Idempotency-Key" },
  ]);
}
