import { Router } from "express";
import type { Registry } from "prom-client";
import { DomainError } from "@posthorn/core";
import type { RedisInspection } from "@posthorn/store";

export interface HealthRouteDeps {
  readonly inspect: () => Promise<RedisInspection>;
  readonly isLoaded: () => boolean;
  readonly registry: Registry;
  readonly metricsToken: string | undefined;
}

/** `/healthz`: the process lives. `/readyz`: it can take events. `/metrics`: Prometheus. */
export function createHealthRouter({ inspect, isLoaded, registry, metricsToken }: HealthRouteDeps): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ results: { status: "alive" } });
  });
  router.get("/readyz", async (_request, response) => {
    const { version, durability } = await inspect();
    const ready = isLoaded();
    response.status(ready ? 200 : 503).json({ results: { ready, redis: version, durability } });
  });
  router.get("/metrics", async (request, response) => {
    if (metricsToken !== undefined && request.get("authorization") !== `Bearer ${metricsToken}`) {
      throw new DomainError("UNAUTHORIZED", [{ message: "Unauthorized: send Authorization: Bearer <METRICS_TOKEN>" }]);
    }
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
