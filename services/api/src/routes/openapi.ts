import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Router } from "express";
import { methodNotAllowed } from "../errors.ts";
import type { OpenApiDocument } from "../openapi/document.ts";

/** The same folder for the source and for the build. */
const OWN = fileURLToPath(new URL("../../assets/docs/", import.meta.url));
const VIEWER = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

/** What the page is made of, and where it lies; nothing else of these folders is served. */
const FILES: ReadonlyMap<string, string> = new Map([
  ["swagger-ui.css", VIEWER],
  ["swagger-ui-bundle.js", VIEWER],
  ["favicon-32x32.png", VIEWER],
  ["initializer.js", OWN],
]);

/** `GET /v1/openapi.json`, and the same as a page that a person can read and try, `GET /docs`; below `/api`. */
export function createOpenApiRouter(document: OpenApiDocument): Router {
  const text = JSON.stringify(document);
  const page = readFileSync(`${OWN}page.html`, "utf8");
  const router = Router();
  router
    .route("/v1/openapi.json")
    .get((_request, response) => {
      response.type("application/json").send(text);
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/docs")
    .get((request, response) => {
      // Relative, so that they are found behind a proxy that puts a path in front.
      const files = request.path.endsWith("/") ? "" : "docs/";
      response.type("html").send(page.replaceAll("{{files}}", files));
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/docs/:file")
    .get((request, response, next) => {
      const name = request.params["file"];
      const root = FILES.get(name);
      if (root === undefined) next("route");
      else response.sendFile(name, { root, acceptRanges: false });
    })
    .all(methodNotAllowed("GET"));
  return router;
}
