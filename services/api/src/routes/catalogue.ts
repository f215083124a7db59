import { Router } from "express";
import { documentation, DomainError, samples } from "@posthorn/core";
import type { Catalogue, Problem } from "@posthorn/core";
import { methodNotAllowed } from "../errors.ts";

/** Unknown names that are shown in an answer at most, and how long each of them. */
const PROBLEMS_MAX = 20;
const SHOWN_MAX = 64;

/**
 * What the event types are: `GET /events/documentation` and `GET /events/samples` (facts §3.6), below
 * `/api/v1/webhooks`. Nothing here is anybody's secret, so both work without an API key, as in the original.
 */
export function createCatalogueRouter(catalogue: Catalogue): Router {
  // It never changes while the process lives.
  const documented = JSON.stringify({ results: documentation(catalogue) });
  const router = Router();
  router
    .route("/events/documentation")
    .get((_request, response) => {
      response.type("application/json").send(documented);
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/events/samples")
    .get((request, response) => {
      response.json({ results: samples(catalogue, readTypes(request.query["events"], catalogue)) });
    })
    .all(methodNotAllowed("GET"));
  return router;
}

/** The types that a query names, each once: a list with commas, given once or several times; all types unless given. */
function readTypes(query: unknown, catalogue: Catalogue): Iterable<string> {
  if (query === undefined) return catalogue.types.keys();
  const list = (Array.isArray(query) ? query : [query]).join(",");
  const names = new Set(list.split(",").map((name) => name.trim()));
  const unknown = [...names].filter((name) => !catalogue.isKnown(name));
  if (unknown.length > 0) throw new DomainError("INVALID", unknown.slice(0, PROBLEMS_MAX).map(unknownType));
  return names;
}

function unknownType(name: string): Problem {
  const shown = name.slice(0, SHOWN_MAX);
  return {
    message: `events: ${JSON.stringify(shown)} is not a known event type; GET /api/v1/webhooks/events/documentation lists them`,
    param: "events",
    value: shown,
  };
}
