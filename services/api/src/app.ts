import express from "express";
import type { Express } from "express";
import helmet from "helmet";
import type { Catalogue } from "@posthorn/core";
import type { Log } from "@posthorn/runtime";
import type { CallLimiter } from "@posthorn/store";
import { logAnswers } from "./access-log.ts";
import { authenticate } from "./auth.ts";
import type { AuthDeps } from "./auth.ts";
import type { DefinitionsDeps } from "./definitions/apply-definitions.ts";
import { errorAnswers, notFound } from "./errors.ts";
import { grantForMethod, requireGrant, requireGrantFor } from "./grants.ts";
import type { ApiMetrics } from "./metrics.ts";
import type { OpenApiDocument } from "./openapi/document.ts";
import { limitCalls } from "./rate-limit.ts";
import { requestId } from "./request-id.ts";
import { requireHost } from "./require-host.ts";
import { createApiKeysRouter } from "./routes/api-keys.ts";
import type { ApiKeyRouteDeps } from "./routes/api-keys.ts";
import { createConsoleRouter } from "./routes/console.ts";
import { createBatchesRouter } from "./routes/batches.ts";
import type { BatchRouteDeps } from "./routes/batches.ts";
import { createCatalogueRouter } from "./routes/catalogue.ts";
import { createDefinitionsRouter } from "./routes/definitions.ts";
import { createEventsRouter, createWebhookEventsRouter } from "./routes/events.ts";
import type { EventRouteDeps } from "./routes/events.ts";
import { createHealthRouter } from "./routes/health.ts";
import type { HealthRouteDeps } from "./routes/health.ts";
import { createOpenApiRouter } from "./routes/openapi.ts";
import { createSessionRouter } from "./routes/session.ts";
import type { SessionRouteDeps } from "./routes/session.ts";
import { createPauseAllRouter } from "./routes/pause-all.ts";
import type { PauseAllRouteDeps } from "./routes/pause-all.ts";
import { createQueueBoardRouter, QUEUE_BOARD_GRANT, QUEUE_BOARD_PATH } from "./routes/queue-board.ts";
import type { QueueBoardDeps } from "./routes/queue-board.ts";
import { createStatsRouter } from "./routes/stats.ts";
import type { StatsRouteDeps } from "./routes/stats.ts";
import { createWebhookCheckRouter } from "./routes/webhook-check.ts";
import type { CheckRouteDeps } from "./routes/webhook-check.ts";
import { createWebhooksRouter } from "./routes/webhooks.ts";
import type { WebhookRouteDeps } from "./routes/webhooks.ts";

export interface AppDeps {
  readonly log: Log;
  readonly auth: AuthDeps & Omit<SessionRouteDeps, "limiter" | "hasQueueBoard">;
  /** Of management calls; `undefined` = unlimited. */
  readonly callLimiter: CallLimiter | undefined;
  readonly trustProxy: string | undefined;
  readonly metrics: ApiMetrics;
  readonly apiKeys: ApiKeyRouteDeps;
  readonly catalogue: Catalogue;
  readonly definitions: DefinitionsDeps;
  readonly webhooks: WebhookRouteDeps;
  readonly check: CheckRouteDeps;
  readonly batches: BatchRouteDeps;
  readonly stats: StatsRouteDeps;
  readonly pauseAll: PauseAllRouteDeps;
  readonly events: EventRouteDeps;
  readonly health: HealthRouteDeps;
  readonly openApi: OpenApiDocument;
  /** `undefined` = nobody is shown the queues. */
  readonly queueBoard: QueueBoardDeps | undefined;
}

/** The whole HTTP API, not listening yet. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  if (deps.trustProxy !== undefined) app.set("trust proxy", trustProxyValue(deps.trustProxy));
  // Over plain HTTP, as in a LAN, a browser would look for a page's files under https otherwise.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(requestId);
  app.use(logAnswers(deps.log));
  app.use(deps.metrics.countAnswers);
  app.use(requireHost);
  app.use(createHealthRouter(deps.health));
  app.use("/api", createOpenApiRouter(deps.openApi));
  app.use("/api/v1/webhooks", createCatalogueRouter(deps.catalogue));
  const authenticated = authenticate(deps.auth);
  app.use(
    "/api/v1/session",
    createSessionRouter(
      { ...deps.auth, limiter: deps.callLimiter, hasQueueBoard: deps.queueBoard !== undefined },
      authenticated,
    ),
  );
  app.use("/api/v1", authenticated);
  app.use("/api/v1", createEventsRouter(deps.events));
  app.use("/api/v1", limitCalls(deps.callLimiter));
  app.use("/api/v1/api-keys", requireGrant("admin"), createApiKeysRouter(deps.apiKeys));
  app.use("/api/v1/definitions", requireGrantFor(grantForMethod), createDefinitionsRouter(deps.definitions));
  app.use(
    "/api/v1/webhooks",
    requireGrantFor(grantForMethod),
    createWebhookCheckRouter(deps.check),
    createBatchesRouter(deps.batches),
    createWebhookEventsRouter(deps.events),
    createWebhooksRouter(deps.webhooks),
  );
  app.use("/api/v1/stats", requireGrant("webhooks/view"), createStatsRouter(deps.stats));
  app.use("/api/v1", createPauseAllRouter(deps.pauseAll));
  if (deps.queueBoard !== undefined) {
    app.use(QUEUE_BOARD_PATH, authenticated, requireGrant(QUEUE_BOARD_GRANT), createQueueBoardRouter(deps.queueBoard));
  }
  app.use(createConsoleRouter());
  app.use(notFound);
  app.use(errorAnswers(deps.log));
  return app;
}

/** `true`, a number of hops, or addresses, as Express takes them. */
function trustProxyValue(text: string): boolean | number | string {
  if (text === "true") return true;
  if (text === "false") return false;
  return /^\d+$/.test(text) ? Number(text) : text;
}
