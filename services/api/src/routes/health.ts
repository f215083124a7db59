import { Router } from "express";
import type { Registry } from "prom-client";
import { DomainError, describeBacklog, isSameText } from "@posthorn/core";
import type { BacklogView, RedisInspection } from "@posthorn/store";
import { methodNotAllowed } from "../errors.ts";

export interface HealthRouteDeps {
  readonly inspect: () => Promise<RedisInspection>;
  readonly backlog: () => BacklogView;
  /** Why events are refused although Redis answers; `undefined` = they are not. */
  readonly appendRefusal: () => string | undefined;
  readonly isLoaded: () => boolean;
  readonly registry: Registry;
  readonly metricsToken: string | undefined;
}

/** `/healthz`: the process lives. `/readyz`: it can take events. `/metrics`: Prometheus. */
export function createHealthRouter(deps: HealthRouteDeps): Router {
  const { inspect, backlog, appendRefusal, isLoaded, registry, metricsToken } = deps;
  const router = Router();
  router
    .route("/healthz")
    .get((_request, response) => {
      response.json({ results: { status: "alive" } });
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/readyz")
    .get(async (_request, response) => {
      const { product, durability } = await inspect().catch((error: unknown) => {
        // Who asks needs no key: where Redis is, and what is wrong with it, is for the log.
        throw new DomainError("UNAVAILABLE", [{ message: "The store is not available now" }], {
          retryAfterSeconds: 1,
          cause: error,
        });
      });
      const refusal = appendRefusal();
      const ready = isLoaded() && refusal === undefined;
      response.status(ready ? 200 : 503).json({
        results: {
          ready,
          redis: product,
          durability: refusal ?? durability,
          backlog: describeBacklog(backlog()),
        },
      });
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/metrics")
    .get(async (request, response) => {
      if (metricsToken !== undefined && !isSameText(request.get("authorization") ?? "", `Bearer ${metricsToken}`)) {
        throw new DomainError("UNAUTHORIZED", [
          { message: "Unauthorized: send Authorization: Bearer <METRICS_TOKEN>" },
        ]);
      }
      response.type(registry.contentType).send(await registry.metrics());
    })
    .all(methodNotAllowed("GET"));
  return router;
}
