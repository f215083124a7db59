import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { VERSION } from "../config.ts";

/** What API and workers count alike. */
export interface SharedMetrics {
  readonly registry: Registry;
  /** Something happened to a batch. */
  noted(happening: string): void;
  sealed(counts: Readonly<Partial<Record<string, number>>>): void;
  jobsLost(jobs: number): void;
}

/** Beginnings of a registry: what Node tells of itself, and what the scripts of the store tell whoever calls them. */
export function createSharedMetrics(): SharedMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "posthorn_build_info",
    help: "1; the label tells the release that this process runs",
    labelNames: ["version"],
    registers,
  }).set({ version: VERSION }, 1);
  const notes = new Counter({
    name: "posthorn_batches_total",
    help: "Batches that expired, overflowed or were split, or whose lease was lost",
    labelNames: ["happening"],
    registers,
  });
  // An increase of nothing to one is seen by nobody.
  for (const happening of ["expired", "overflowed", "split", "lease-lost", "unarchived"]) notes.inc({ happening }, 0);
  const sealed = new Counter({
    name: "posthorn_batches_sealed_total",
    help: "Batches that were closed for good, by reason",
    labelNames: ["reason"],
    registers,
  });
  const jobsLost = new Counter({
    name: "posthorn_jobs_lost_total",
    help: "Jobs that could not be added to a queue, and are made up for by deadlines",
    registers,
  });
  return {
    registry,
    noted: (happening) => notes.inc({ happening }),
    sealed: (counts) => {
      for (const [reason, count] of Object.entries(counts)) if (count !== undefined) sealed.inc({ reason }, count);
    },
    jobsLost: (jobs) => jobsLost.inc(jobs),
  };
}
