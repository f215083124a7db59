import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { RequestHandler } from "express";
import type { BacklogView } from "@posthorn/store";
import type { IngestMetrics } from "./ingest.ts";

export interface ApiMetrics {
  readonly registry: Registry;
  readonly ingest: IngestMetrics;
  readonly countAnswers: RequestHandler;
  noted(kind: string): void;
}

/** The API's Prometheus metrics; labels have few values. */
export function createMetrics(backlog: () => BacklogView | undefined): ApiMetrics {
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
  const notes = new Counter({
    name: "posthorn_batches_total",
    help: "Batches that expired, overflowed or were split, or whose lease was lost",
    labelNames: ["happening"],
    registers,
  });
  const gauge = (name: string, help: string, read: (view: BacklogView) => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          const view = backlog();
          if (view !== undefined) this.set(read(view));
        },
      }),
    );
  };
  gauge("posthorn_backlog_bytes", "What the store holds", ({ usedBytes }) => usedBytes);
  gauge(
    "posthorn_backlog_limit_bytes",
    "What it may hold before events are refused",
    ({ limits }) => limits.totalBytes,
  );
  return {
    registry,
    noted: (happening) => notes.inc({ happening }),
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
