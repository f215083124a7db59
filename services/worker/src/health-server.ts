import { createServer } from "node:http";
import type { Server } from "node:http";
import { isSameText } from "@posthorn/core";
import type { Registry } from "prom-client";

/** What `/readyz` says beside its status. */
export interface Readiness {
  readonly ready: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

interface HealthServerOptions {
  readonly port: number;
  readonly host: string;
  readonly registry: Registry;
  readonly metricsToken: string | undefined;
  readonly readiness: () => Promise<Readiness>;
}

/** Nothing here is a page. */
const HEADERS = {
  "content-security-policy": "default-src 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};
/** Nobody has a reason to take longer for a request without a body. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** Serves `/healthz`, `/readyz` and `/metrics` of a worker; resolves when it listens. */
export async function startHealthServer(options: HealthServerOptions): Promise<Server> {
  const { port, host, registry, metricsToken, readiness } = options;

  const answer = async (path: string, authorization: string | undefined): Promise<[number, string, string]> => {
    switch (path) {
      case "/healthz":
        return [200, "application/json", '{"results":{"status":"alive"}}'];
      case "/readyz": {
        const { ready, details } = await readiness();
        return [ready ? 200 : 503, "application/json", JSON.stringify({ results: { ready, ...details } })];
      }
      case "/metrics":
        return metricsToken === undefined || isSameText(authorization ?? "", `Bearer ${metricsToken}`)
          ? [200, registry.contentType, await registry.metrics()]
          : [
              401,
              "application/json",
              '{"errors":[{"message":"Unauthorized: send Authorization: Bearer <METRICS_TOKEN>"}]}',
            ];
      default:
        return [
          404,
          "application/json",
          '{"errors":[{"message":"Resource could not be found; try /healthz, /readyz or /metrics"}]}',
        ];
    }
  };

  const server = createServer(LIMITS, (request, response) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    answer(path, request.headers.authorization)
      .catch((): [number, string, string] => [503, "application/json", '{"errors":[{"message":"Not ready"}]}'])
      .then(([status, type, body]) => response.writeHead(status, { ...HEADERS, "content-type": type }).end(body))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}
