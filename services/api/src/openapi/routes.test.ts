import type { Express } from "express";
import { createCatalogue } from "@posthorn/core";
import { createLog } from "@posthorn/runtime";
import { DOCUMENT, METHODS } from "../../../../test/support/openapi-document.ts";
import { createApp } from "../app.ts";
import type { AppDeps } from "../app.ts";
import { createMetrics } from "../metrics.ts";

/** What of Express' routers is looked at here. */
interface Layer {
  /** Where it is mounted. */
  readonly rawPath: string;
  readonly handle: { readonly stack?: readonly Layer[] };
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Stands for whatever only requests make use of; here there are none. */
function untouched(): never {
  const nothing: unknown = new Proxy(() => undefined, { get: () => nothing });
  return nothing as never;
}

function app(): Express {
  const deps: Partial<AppDeps> = {
    log: createLog("api", "silent"),
    auth: { identify: untouched(), sessions: untouched(), isSecure: () => false },
    metrics: createMetrics(untouched()),
    catalogue: createCatalogue(),
    openApi: DOCUMENT,
  };
  const absent = new Set(["callLimiter", "trustProxy", "queueBoard"]);
  return createApp(
    new Proxy(deps, {
      get: (given, name) => (absent.has(String(name)) ? undefined : (Reflect.get(given, name) ?? untouched())),
    }) as AppDeps,
  );
}

/** Every route below a router, with its methods. */
function* routesOf(
  layers: readonly Layer[],
  prefix = "",
): Generator<readonly [path: string, methods: readonly string[]]> {
  for (const { rawPath, route, handle } of layers) {
    if (route !== undefined) {
      const methods = Object.keys(route.methods).filter((method) => method !== "_all");
      yield [templateOf(prefix + route.path), methods];
    } else if (handle.stack !== undefined) {
      yield* routesOf(handle.stack, prefix + rawPath);
    }
  }
}

/** `/webhooks/:id/` as the document writes it. */
function templateOf(path: string): string {
  return path
    .replaceAll("//", "/")
    .replaceAll(/:(\w+)/g, "{$1}")
    .replace(/(?<=.)\/$/, "");
}

test("every route of the app is in the document, and every path of the document is a route", () => {
  const { stack } = app().router as unknown as { readonly stack: readonly Layer[] };
  const served = [...routesOf(stack)].flatMap(([path, methods]) => methods.map((method) => `${method} ${path}`));
  const documented = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => `${method} ${path}`),
  );
  expect(served.length).toBeGreaterThan(20);
  expect(served.toSorted()).toEqual(documented.toSorted());
});
