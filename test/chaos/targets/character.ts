import type { Random } from "../../../packages/cli/src/simulate/random.ts";
import type { EventType } from "../events.ts";

/** What a target does with one request. */
export type TargetAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly delayMs: number; readonly retryAfterSeconds?: number }
  /** Answers never, or only long after the sender's patience. */
  | { readonly kind: "hang" }
  /** Resets the connection: when the head has come, in the middle of the body, or behind the whole body. */
  | { readonly kind: "reset"; readonly at: "head" | "middle" | "end" }
  /** Says 2xx and resets before that can be read for sure. */
  | { readonly kind: "answer-and-reset"; readonly status: number };

/** A webhook of the run and how its target behaves. */
export interface Character {
  readonly name: string;
  readonly types: readonly EventType[];
  /** Whether its batches are to expire. */
  readonly mayExpire: boolean;
  /** `progress` tells how far the run is: 0 at its start, 1 when the faults end. */
  readonly answer: (random: Random, progress: number) => TargetAnswer;
  /** Larger batches get a 413, except single events. */
  readonly maxBodyBytes?: (progress: number) => number;
}

const OK: TargetAnswer = { kind: "answer", status: 200, delayMs: 0 };
const status = (code: number, delayMs = 0): TargetAnswer => ({ kind: "answer", status: code, delayMs });

/** What the small one takes in at first, and at last: above the size from which down a 413 splits no further. */
const SMALL_BYTES: readonly [number, number] = [120_000, 24_000];

/** Which part of a run the webhooks are created, paused, resumed and deleted in. */
export const SCENES = {
  late: 0.15,
  pause: 0.25,
  discard: 0.4,
  leave: 0.55,
  resume: 0.65,
} as const;
/** The discarded webhook's target refuses from some time before until some time after. */
const REFUSES: readonly [number, number] = [0.25, 0.5];

export const CHARACTERS: readonly Character[] = [
  { name: "steady", types: ["injection", "delivery", "click"], mayExpire: false, answer: () => OK },
  {
    name: "flaky",
    types: ["injection", "bounce"],
    mayExpire: false,
    answer: (random) => {
      const chance = random();
      if (chance < 0.15) return status(500);
      if (chance < 0.2) return { kind: "answer", status: 503, delayMs: 0, retryAfterSeconds: 1 };
      if (chance < 0.25) return { kind: "answer", status: 429, delayMs: 0, retryAfterSeconds: 2 };
      return chance < 0.3 ? status(302) : OK;
    },
  },
  {
    name: "hanging",
    types: ["delivery", "delay"],
    mayExpire: false,
    answer: (random) => (random() < 0.15 ? { kind: "hang" } : OK),
  },
  {
    name: "resetting",
    types: ["injection", "out_of_band", "open"],
    mayExpire: false,
    answer: (random) => {
      const chance = random();
      if (chance < 0.08) return { kind: "reset", at: "head" };
      if (chance < 0.16) return { kind: "reset", at: "middle" };
      if (chance < 0.22) return { kind: "reset", at: "end" };
      return chance < 0.3 ? { kind: "answer-and-reset", status: 204 } : OK;
    },
  },
  { name: "refusing", types: ["delivery", "open"], mayExpire: false, answer: () => OK },
  {
    name: "small",
    types: ["bounce", "delay", "policy_rejection"],
    mayExpire: false,
    maxBodyBytes: (progress) => SMALL_BYTES[0] + (SMALL_BYTES[1] - SMALL_BYTES[0]) * Math.min(1, progress),
    answer: () => OK,
  },
  {
    name: "slow",
    types: ["click", "policy_rejection"],
    mayExpire: false,
    answer: (random) => status(202, 300 + 1_500 * random()),
  },
  {
    name: "dead",
    types: ["bounce", "out_of_band"],
    mayExpire: true,
    answer: (random) => (random() < 0.8 ? status(500) : { kind: "hang" }),
  },
  { name: "paused", types: ["delivery", "policy_rejection"], mayExpire: false, answer: () => OK },
  {
    name: "discarded",
    types: ["injection", "click"],
    mayExpire: true,
    answer: (_random, progress) => (progress > REFUSES[0] && progress < REFUSES[1] ? status(503) : OK),
  },
  {
    name: "leaving",
    types: ["delay", "open"],
    mayExpire: false,
    answer: (random) => status(random() < 0.3 ? 500 : 200),
  },
  { name: "late", types: ["injection", "open", "bounce"], mayExpire: false, answer: () => OK },
];

/** The receivers whose listening the plan of faults may interrupt. */
export const MAY_BE_SILENT = ["refusing"];
