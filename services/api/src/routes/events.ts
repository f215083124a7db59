import { Router } from "express";
import type { Request, Response } from "express";
import { DomainError } from "@posthorn/core";
import type { EventFormat } from "@posthorn/core";
import type { Tracing } from "@posthorn/runtime";
import { StoreUnavailableError } from "@posthorn/store";
import { callScope } from "../call-scope.ts";
import { callerOf } from "../caller.ts";
import { methodNotAllowed } from "../errors.ts";
import { requireGrant } from "../grants.ts";
import { ingest } from "../ingest.ts";
import type { IngestDeps, IngestMetrics } from "../ingest.ts";
import { eventFormat } from "../event-format.ts";
import type { InflightBytes } from "../inflight-bytes.ts";
import { tracedIngest } from "../trace-ingest.ts";
import type { TakeEvents } from "../trace-ingest.ts";
import { readIngestBody } from "../ingest-body.ts";
import type { StoreTurns } from "../store-turns.ts";

export interface EventRouteDeps extends IngestDeps {
  readonly metrics: IngestMetrics;
  readonly tracing: Tracing | undefined;
  readonly ensureFresh: () => Promise<void>;
  readonly inflight: InflightBytes;
  readonly turns: StoreTurns;
  readonly eventsMaxBodyBytes: number;
}

const KEY = /^[\x20-\x7e]{1,255}$/;

/** `POST /events`, and the same under the original's name and format, `POST /ingest/events`. */
export function createEventsRouter(deps: EventRouteDeps): Router {
  const store = async (fallback: EventFormat, request: Request, response: Response): Promise<void> => {
    const format = eventFormat(request, fallback);
    const idempotencyKey = readKey(request);
    const { keyId, subaccountId } = callerOf(response);
    const owner = { subaccount: callScope(request, response), isBound: subaccountId !== null };
    const share = deps.inflight.open();
    try {
      const body = await readIngestBody(request, deps.eventsMaxBodyBytes, share);
      const answer = await deps.turns.run(body.length, async () => {
        await deps.ensureFresh();
        return ingest(deps, { body, format, idempotencyKey, scope: keyId, owner });
      });
      response.type("application/json").send(answer);
    } finally {
      share.release();
    }
  };
  const take = (fallback: EventFormat): TakeEvents =>
    tracedIngest(deps.tracing, (request, response) =>
      store(fallback, request, response).catch((error: unknown) => {
        deps.metrics.rejected(reasonOf(error));
        throw error;
      }),
    );
  const router = Router();
  const mayIngest = requireGrant("events/ingest");
  router.route("/events").post(mayIngest, take("json")).all(methodNotAllowed("POST"));
  router.route("/ingest/events").post(mayIngest, take("ndjson")).all(methodNotAllowed("POST"));
  return router;
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
