import { Router } from "express";
import type { Request, RequestHandler, Response } from "express";
import { batchId } from "@posthorn/core";
import type { Webhook } from "@posthorn/core";
import { cursorText } from "@posthorn/store";
import type {
  BatchActions,
  BatchListing,
  BatchPlace,
  Definitions,
  SeriesRecorder,
  WebhookPlace,
} from "@posthorn/store";
import { viewAttempt, viewBatch } from "../batches/batch-view.ts";
import { readCursor, readStates } from "../batches/query.ts";
import { hasEnded, refused, unknownBatch } from "../batches/refusals.ts";
import type { Refusal } from "../batches/refusals.ts";
import { methodNotAllowed } from "../errors.ts";
import { ignoreBody } from "../json-body.ts";
import type { WebhookMirror } from "../mirror.ts";
import { findWebhook, unknownWebhook } from "../webhooks/find-webhook.ts";
import { readLimit } from "../webhooks/query.ts";
import { setPaused } from "../webhooks/set-paused.ts";

export interface BatchRouteDeps {
  readonly definitions: Pick<Definitions, "get" | "update">;
  readonly mirror: Pick<WebhookMirror, "awaitActivation">;
  readonly actions: BatchActions;
  readonly listing: BatchListing;
  readonly now: () => number;
  /** Told of webhooks for which less waits now. */
  readonly series: Pick<SeriesRecorder, "touched">;
}

/** How many batches a page has unless told otherwise, and at most. */
export const BATCH_ROWS = { default: 100, max: 1_000 } as const;

/** What waits for a webhook: seen, and paused, resumed, retried and discarded, as a whole or batch by batch. */
export function createBatchesRouter(deps: BatchRouteDeps): Router {
  const { definitions, mirror, actions, listing } = deps;
  const router = Router();

  const placeOf = async (request: Request, response: Response): Promise<WebhookPlace> => {
    const { id, partition } = await findWebhook(definitions, request, response);
    return { webhook: id, partition };
  };

  const batchPlaceOf = async (request: Request, response: Response): Promise<BatchPlace> => {
    const place = await placeOf(request, response);
    const batch = batchId(String(request.params["batch"]));
    if (batch === undefined) throw unknownBatch();
    return { ...place, batch };
  };

  router
    .route("/:id/batches")
    .get(async (request, response) => {
      const place = await placeOf(request, response);
      const { rows, cursor } = await listing.list({
        ...place,
        states: readStates(request.query["state"]),
        limit: readLimit(request.query["limit"], BATCH_ROWS),
        cursor: readCursor(request.query["cursor"]),
      });
      response.json({ results: rows.map(viewBatch), cursor: cursor === undefined ? null : cursorText(cursor) });
    })
    .all(methodNotAllowed("GET"));

  router
    .route("/:id/batches/:batch")
    .get(async (request, response) => {
      const row = await listing.get(await batchPlaceOf(request, response));
      if (row === undefined) throw unknownBatch();
      response.json({ results: viewBatch(row) });
    })
    .all(methodNotAllowed("GET"));

  router
    .route("/:id/batches/:batch/attempts")
    .get(async (request, response) => {
      const attempts = await listing.attempts(await batchPlaceOf(request, response));
      if (attempts === undefined) throw unknownBatch();
      response.json({ results: attempts.map(viewAttempt) });
    })
    .all(methodNotAllowed("GET"));

  const changePause =
    (paused: boolean): RequestHandler =>
    async (request, response) => {
      const find = (): Promise<Webhook> => findWebhook(definitions, request, response);
      await find();
      await ignoreBody(request);
      const version = await setPaused(deps, find, paused);
      if (version !== undefined) await mirror.awaitActivation(version);
      response.json({ results: { paused } });
    };
  router.route("/:id/pause").post(changePause(true)).all(methodNotAllowed("POST"));
  router.route("/:id/resume").post(changePause(false)).all(methodNotAllowed("POST"));

  const steerWebhook =
    (act: "retryWebhook" | "discardWaiting"): RequestHandler =>
    async (request, response) => {
      const place = await placeOf(request, response);
      await ignoreBody(request);
      const outcome = await actions[act](place);
      if (outcome.kind === "gone") throw unknownWebhook();
      if (outcome.kind !== "applied") throw refused(outcome.kind);
      deps.series.touched(place);
      response.json({ results: { batches: outcome.batches } });
    };
  router.route("/:id/retry").post(steerWebhook("retryWebhook")).all(methodNotAllowed("POST"));
  router.route("/:id/discard").post(steerWebhook("discardWaiting")).all(methodNotAllowed("POST"));

  const steerBatch =
    (act: "retryBatch" | "discardBatch" | "pauseBatch" | "resumeBatch"): RequestHandler =>
    async (request, response) => {
      const place = await batchPlaceOf(request, response);
      await ignoreBody(request);
      const { kind }: { readonly kind: "applied" | "gone" | Refusal } = await actions[act](place);
      if (kind !== "applied" && kind !== "gone") throw refused(kind);
      deps.series.touched(place);
      const row = await listing.get(place);
      if (kind === "gone") throw row === undefined ? unknownBatch() : hasEnded(row.state);
      // A webhook that is deleted at this moment takes its batches along.
      response.json({ results: { batches: 1, batch: row === undefined ? null : viewBatch(row) } });
    };
  router.route("/:id/batches/:batch/retry").post(steerBatch("retryBatch")).all(methodNotAllowed("POST"));
  router.route("/:id/batches/:batch/discard").post(steerBatch("discardBatch")).all(methodNotAllowed("POST"));
  router.route("/:id/batches/:batch/pause").post(steerBatch("pauseBatch")).all(methodNotAllowed("POST"));
  router.route("/:id/batches/:batch/resume").post(steerBatch("resumeBatch")).all(methodNotAllowed("POST"));

  return router;
}
