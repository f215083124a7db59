import { Counter, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { RequestHandler } from "express";
import { createSharedMetrics } from "@posthorn/runtime";
import type { SharedMetrics } from "@posthorn/runtime";
import type { Append } from "@posthorn/store";
import type { IngestMetrics } from "./ingest.ts";
import { registerStoreMetrics } from "./store-metrics.ts";
import type { StoreMetricsDeps } from "./store-metrics.ts";

export interface ApiMetrics extends SharedMetrics {
  readonly registry: Registry;
  readonly ingest: IngestMetrics;
  readonly countAnswers: RequestHandler;
  /** The same append, measured. */
  timed(append: Append): Append;
}

/** From less than a script takes to longer than anybody waits for one. */
const APPEND_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The API's Prometheus metrics; labels have few values. `store` is asked when somebody reads them. */
export function createMetrics(store: StoreMetricsDeps): ApiMetrics {
  const shared = createSharedMetrics();
  const registers = [shared.registry];
  const accepted = new Counter({ name: "posthorn_events_accepted_total", help: "Events accepted", registers });
  const unrouted = new Counter({
    name: "posthorn_events_unrouted_total",
    help: "Accepted events that no webhook wants",
    registers,
  });
  const rejected = new Counter({
    name: "posthorn_ingest_rejected_total",
    help: "Requests with events that were not accepted, by reason",
    labelNames: ["reason"],
    registers,
  });
  const appends = new Histogram({
    name: "posthorn_append_duration_seconds",
    help: "Time until the store has confirmed one request's events of one partition",
    buckets: APPEND_BUCKETS_S,
    registers,
  });
  const answers = new Counter({
    name: "posthorn_http_answers_total",
    help: "Answers by method and status",
    labelNames: ["method", "status"],
    registers,
  });
  registerStoreMetrics(shared.registry, store);
  return {
    ...shared,
    ingest: {
      accepted: (events, nobodys) => {
        accepted.inc(events);
        unrouted.inc(nobodys);
      },
      rejected: (reason) => rejected.inc({ reason }),
    },
    timed: (append) => async (request) => {
      const stop = appends.startTimer();
      try {
        return await append(request);
      } finally {
        stop();
      }
    },
    countAnswers: (request, response, next) => {
      response.once("finish", () => answers.inc({ method: request.method, status: String(response.statusCode) }));
      next();
    },
  };
}
