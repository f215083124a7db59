import { Router } from "express";
import type { EventFormat } from "@posthorn/core";
import type { Tracing } from "@posthorn/runtime";
import type { Definitions } from "@posthorn/store";
import { methodNotAllowed } from "../errors.ts";
import { requireGrant } from "../grants.ts";
import { tracedIngest } from "../trace-ingest.ts";
import type { TakeEvents } from "../trace-ingest.ts";
import { takeEvents } from "../take-events.ts";
import type { EventDeps } from "../take-events.ts";
import { findWebhook } from "../webhooks/find-webhook.ts";

export interface EventRouteDeps extends EventDeps {
  readonly definitions: Pick<Definitions, "get">;
  readonly tracing: Tracing | undefined;
}

/** `POST /events`, and the same under the original's name and format, `POST /ingest/events`. */
export function createEventsRouter(deps: EventRouteDeps): Router {
  const take = (format: EventFormat): TakeEvents =>
    tracedIngest(deps.tracing, (request, response) => takeEvents(deps, { format }, request, response));
  const router = Router();
  const mayIngest = requireGrant("events/ingest");
  router.route("/events").post(mayIngest, take("json")).all(methodNotAllowed("POST"));
  router.route("/ingest/events").post(mayIngest, take("ndjson")).all(methodNotAllowed("POST"));
  return router;
}

/** `POST /webhooks/{id}/events`: events for one webhook alone, as those of a batch that it has lost. */
export function createWebhookEventsRouter(deps: EventRouteDeps): Router {
  const router = Router();
  router
    .route("/:id/events")
    .post(
      tracedIngest(deps.tracing, async (request, response) => {
        const only = await findWebhook(deps.definitions, request, response);
        await takeEvents(deps, { format: "json", only }, request, response);
      }),
    )
    .all(methodNotAllowed("POST"));
  return router;
}
