import type { BatchView } from "@posthorn/api/views";
import type { Tone } from "../shared/status-badge.tsx";
import type { Situation } from "./situation.ts";

export type BatchState = BatchView["state"];

export const BATCH_STATES = [
  "open",
  "waiting",
  "scheduled",
  "reserved",
  "in_flight",
  "paused",
  "delivered",
  "expired",
  "overflowed",
  "discarded",
  "split",
] as const satisfies readonly BatchState[];

export interface StateDoc {
  readonly word: string;
  readonly meaning: string;
  readonly tone: Tone;
}

export const STATE_DOCS: Readonly<Record<BatchState, StateDoc>> = {
  open: { word: "Open", meaning: "It still collects events.", tone: "calm" },
  waiting: { word: "Waiting", meaning: "It waits for its turn.", tone: "warn" },
  scheduled: { word: "Scheduled", meaning: "It waits for the time of its next attempt.", tone: "warn" },
  reserved: { word: "Handed out", meaning: "It was handed to the workers.", tone: "info" },
  in_flight: { word: "In flight", meaning: "It is being sent.", tone: "info" },
  paused: { word: "Paused", meaning: "Somebody paused it: it is not tried, and its clock stands still.", tone: "info" },
  delivered: { word: "Delivered", meaning: "The target took it.", tone: "good" },
  expired: { word: "Expired", meaning: "The target did not take it in time; its events are lost.", tone: "bad" },
  overflowed: { word: "Overflowed", meaning: "It was deleted to make room; its events are lost.", tone: "bad" },
  discarded: { word: "Discarded", meaning: "Somebody discarded it.", tone: "calm" },
  split: { word: "Split", meaning: "It was too large for the target, and went on as two smaller ones.", tone: "calm" },
};

/** What the state means for one batch: the time of one that waits runs out also where none but another is ever tried. */
export function stateMeaning({ state, attempts }: Pick<BatchView, "state" | "attempts">): string {
  if (state === "expired" && attempts === 0) {
    return "It was never tried: the target was failing, or the webhook switched off, all the time. Its events are lost.";
  }
  return STATE_DOCS[state].meaning;
}

/** What it was, where no attempt is known. */
export function untriedWords(state: BatchState): string {
  switch (state) {
    case "open":
    case "waiting":
    case "scheduled":
    case "reserved":
    case "in_flight":
    case "paused":
      return "not tried yet";
    case "delivered":
      return "taken at once";
    case "expired":
    case "overflowed":
    case "discarded":
    case "split":
      return "never tried";
  }
}

/** What the list can be narrowed to: groups that people ask for, and each state. */
export const STATE_FILTERS = [
  { value: "all", label: "All batches", states: [] },
  {
    value: "undelivered",
    label: "Not delivered yet",
    states: ["open", "waiting", "scheduled", "reserved", "in_flight", "paused"],
  },
  { value: "lost", label: "Given up", states: ["expired", "overflowed", "discarded"] },
  ...BATCH_STATES.map((state) => ({ value: state, label: STATE_DOCS[state].word, states: [state] })),
] as const satisfies readonly {
  readonly value: string;
  readonly label: string;
  readonly states: readonly BatchState[];
}[];

export type StateFilter = (typeof STATE_FILTERS)[number];

/** The filter that an address names; all batches when it names none that there is. */
export function stateFilter(name: string | null): StateFilter {
  return STATE_FILTERS.find(({ value }) => value === name) ?? STATE_FILTERS[0];
}

/** What somebody may do with a batch. */
export interface BatchOptions {
  readonly retry: boolean;
  readonly pause: boolean;
  readonly resume: boolean;
  readonly discard: boolean;
}

const NOTHING: BatchOptions = { retry: false, pause: false, resume: false, discard: false };

/** What the API would not refuse, by the state of the batch and how its webhook stands. */
export function batchOptions(state: BatchState, { isTried }: Pick<Situation, "isTried">): BatchOptions {
  switch (state) {
    case "waiting":
    case "scheduled":
    case "reserved":
      return { retry: isTried, pause: true, resume: false, discard: true };
    case "in_flight":
      return { ...NOTHING, pause: true };
    case "paused":
      return { retry: isTried, pause: false, resume: true, discard: true };
    case "open":
    case "delivered":
    case "expired":
    case "overflowed":
    case "discarded":
    case "split":
      return NOTHING;
  }
}
