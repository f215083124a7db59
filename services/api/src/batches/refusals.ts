import { DomainError } from "@posthorn/core";
import type { BatchState } from "@posthorn/store";

/** Why what waits cannot be steered now. */
export type Refusal = "inactive" | "paused" | "all-paused" | "open" | "in-flight";

const ADVICE: Readonly<Record<Refusal, string>> = {
  inactive: "The webhook is inactive, so nothing of it is tried: update it with active true, which tries what waits",
  paused: "The webhook is paused, so nothing of it is tried: resume it first",
  "all-paused":
    "Everything is paused, so nothing is tried: resume it first (POST /api/v1/resume, or npm run ops -- resume)",
  open: "The batch is open and still collects events: wait until it is full or its time is over",
  "in-flight": "The batch is in flight: wait until its attempt has ended",
};

/** An action that the state of a webhook or batch does not allow. */
export function refused(refusal: Refusal): DomainError {
  return new DomainError("INVALID", [{ message: ADVICE[refusal] }]);
}

/** An action on a batch that is only known from records any more. */
export function hasEnded(state: BatchState): DomainError {
  return new DomainError("INVALID", [
    { message: `The batch is gone, it was ${state}: what is kept is only the record of it` },
  ]);
}

export function unknownBatch(): DomainError {
  return new DomainError("NOT_FOUND", [
    {
      message: "Resource could not be found",
      description:
        "There is no batch with this id for this webhook, or its record is no longer kept: records are kept for 24 hours.",
      code: "1600",
    },
  ]);
}
