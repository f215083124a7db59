import { collectDefaultMetrics, Counter, Registry } from "prom-client";
import type { RequestHandler } from "express";
import type { IngestMetrics } from "./ingest.ts";

export interface ApiMetrics {
  readonly registry: Registry;
  readonly ingest: IngestMetrics;
  readonly countAnswers: RequestHandler;
}

/** The API's Prometheus metrics; labels have few values. */
export function createMetrics(): ApiMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const accepted = new Counter({ name: "posthorn_events_accepted_total", help: "Events accepted", registers });
  const unrouted = new Counter({
    name: "posthorn_events_unrouted_total",
    help: "Accepted events that no webhook wants",
    registers,
  });
  const rejected = new Counter({
    name: "posthorn_ingest_rejected_total",
    help: "Requests refused for bad events",
    registers,
  });
  const answers = new Counter({
    name: "posthorn_http_answers_total",
    help: "Answers by method and status",
    labelNames: ["method", "status"],
    registers,
  });
  return {
    registry,
    ingest: {
      accepted: (events, nobodys) => {
        accepted.inc(events);
        unrouted.inc(nobodys);
      },
      rejected: () => rejected.inc(),
    },
    countAnswers: (request, response, next) => {
      response.once("finish", () => answers.inc({ method: request.method, status: String(response.statusCode) }));
      next();
    },
  };
}
