import { Router } from "express";
import type { RequestHandler } from "express";
import type { PauseAll } from "@posthorn/store";
import type { Log } from "@posthorn/runtime";
import { methodNotAllowed } from "../errors.ts";
import { requireGrant } from "../grants.ts";
import { ignoreBody } from "../json-body.ts";

export interface PauseAllRouteDeps {
  readonly pauseAll: Pick<PauseAll, "order">;
  readonly log: Pick<Log, "warn">;
}

/** What is answered. */
export interface PauseAllView {
  readonly paused: boolean;
  /** `null` = not paused. */
  readonly paused_since: string | null;
}

/** `POST /pause` and `POST /resume`: everything at once, beside the pauses that webhooks and batches have for themselves. */
export function createPauseAllRouter({ pauseAll, log }: PauseAllRouteDeps): Router {
  const order =
    (paused: boolean): RequestHandler =>
    async (request, response) => {
      await ignoreBody(request);
      const sinceMs = await pauseAll.order(paused);
      log.warn(
        { requestId: response.locals["requestId"] as unknown },
        paused ? "everything.paused" : "everything.resumed",
      );
      const results: PauseAllView = { paused, paused_since: pausedSince(sinceMs) };
      response.json({ results });
    };
  const router = Router();
  const mayOrder = requireGrant("admin");
  router.route("/pause").post(mayOrder, order(true)).all(methodNotAllowed("POST"));
  router.route("/resume").post(mayOrder, order(false)).all(methodNotAllowed("POST"));
  return router;
}

export function pausedSince(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
