import type { AttemptOutcome } from "@posthorn/core";

/** The outcome of something that began `ms` after its attempt, with the time of the whole. */
export function startedAfter(ms: number, outcome: AttemptOutcome): AttemptOutcome {
  return { ...outcome, latencyMs: outcome.latencyMs + ms };
}
