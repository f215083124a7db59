import { between, pick, seededRandom } from "../../../packages/cli/src/simulate/random.ts";
import type { Random } from "../../../packages/cli/src/simulate/random.ts";
import type { Fault, FaultAction, FaultKind, ServiceName } from "./fault.ts";

interface PlanOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly apis: number;
  readonly workers: number;
  /** Receivers that may stop listening. */
  readonly receivers: readonly string[];
}

type Card = `${FaultKind} ${"api" | "worker" | "redis" | "receiver" | "everything"}`;

/** How often each kind of fault comes in a deck; a deck is played to its end before the next is shuffled. */
const DECK: Readonly<Partial<Record<Card, number>>> = {
  "kill worker": 4,
  "kill api": 3,
  "kill redis": 3,
  "freeze worker": 3,
  "freeze api": 2,
  "freeze redis": 2,
  "restart worker": 2,
  "restart api": 2,
  "restart redis": 1,
  "cut worker": 2,
  "cut api": 2,
  "refuse worker": 1,
  "refuse api": 1,
  "half-open worker": 2,
  "half-open api": 2,
  "latency worker": 2,
  "latency api": 3,
  "silence receiver": 3,
  "power-cut everything": 1,
};

/** How long (ms) a fault of a kind lasts: some freezes are longer than a lease, some silences than a time-out of TCP. */
const LASTS: Readonly<Record<FaultKind, readonly [number, number]>> = {
  kill: [0, 4_000],
  freeze: [500, 12_000],
  restart: [0, 0],
  cut: [0, 0],
  refuse: [500, 8_000],
  "half-open": [2_000, 15_000],
  latency: [1_000, 10_000],
  "power-cut": [0, 2_000],
  silence: [1_000, 8_000],
};
/** Longer than anybody waits for Redis: what was given up and repeated is done twice when it goes on. */
const REDIS_AWAY_MAX_MS = 9_000;
/** Of a request and of a reply, so that both together take up to two seconds. */
const LATENCY_MS: readonly [number, number] = [25, 1_000];
/** Between two faults. Many come while another lasts; but who never gets to work in between proves nothing. */
const PAUSE_MS: readonly [number, number] = [500, 6_000];
/** What a process needs to be at work again; so long it counts as away. */
const START_MS = 3_000;
/** No fault fills more of a run than this. */
const SHARE_MAX = 0.35;

/**
 * What happens when, from the seed alone. One fault at a time for each target, and one process of each kind is always
 * left alone, unless everything goes down at once: what is asked is whether Posthorn goes on, not whether a stopped one stands still.
 */
export function planFaults(options: PlanOptions): readonly Fault[] {
  const random = seededRandom(options.seed);
  const busyUntil = new Map<string, number>();
  const faults: Fault[] = [];
  let deck: Card[] = [];
  let passed = 0;
  let atMs = between(random, 1_000, 2_500);
  while (atMs < options.durationMs) {
    if (deck.length === 0) deck = shuffled(random);
    const card = deck.pop() as Card;
    const fault = drawFault(random, card, atMs, options);
    const targets = targetsOf(fault, options);
    const isInTime = atMs + fault.forMs <= options.durationMs;
    const isFree = targets.every((target) => (busyUntil.get(target) ?? 0) <= atMs);
    if (isInTime && isFree && !wouldLeaveNone(fault, atMs, busyUntil, options)) {
      faults.push(fault);
      const restartMs = fault.kind === "kill" || fault.kind === "restart" || fault.kind === "power-cut" ? START_MS : 0;
      for (const target of targets) busyUntil.set(target, atMs + fault.forMs + restartMs);
    } else {
      // Its turn comes later in this deck; another one may do now.
      deck.unshift(card);
      passed++;
      if (passed < deck.length) continue;
    }
    passed = 0;
    atMs += between(random, ...PAUSE_MS);
  }
  return faults;
}

function shuffled(random: Random): Card[] {
  const cards = Object.entries(DECK).flatMap(([card, count]) => Array.from({ length: count }, () => card as Card));
  for (let last = cards.length - 1; last > 0; last--) {
    const other = between(random, 0, last);
    [cards[last], cards[other]] = [cards[other] as Card, cards[last] as Card];
  }
  return cards;
}

function drawFault(random: Random, card: Card, atMs: number, options: PlanOptions): Fault {
  const [kind, who] = card.split(" ") as [FaultKind, string];
  const [least, most] = LASTS[kind];
  const longest = Math.min(
    who === "redis" ? Math.min(most, REDIS_AWAY_MAX_MS) : most,
    Math.round(options.durationMs * SHARE_MAX),
  );
  const forMs = between(random, Math.min(least, longest), longest);
  return { atMs, forMs, ...drawAction(random, kind, who, options) };
}

function drawAction(random: Random, kind: FaultKind, who: string, options: PlanOptions): FaultAction {
  const service = (): ServiceName =>
    who === "api" ? `api-${between(random, 0, options.apis - 1)}` : `worker-${between(random, 0, options.workers - 1)}`;
  switch (kind) {
    case "kill":
    case "freeze":
    case "restart":
      return { kind, target: who === "redis" ? "redis" : service() };
    case "cut":
    case "refuse":
    case "half-open":
      return { kind, target: service() };
    case "latency":
      return { kind, target: service(), latencyMs: between(random, ...LATENCY_MS) };
    case "power-cut":
      return { kind, target: "everything" };
    case "silence":
      return { kind, target: pick(random, options.receivers) };
  }
}

function targetsOf(fault: Fault, { apis, workers }: PlanOptions): readonly string[] {
  if (fault.kind !== "power-cut") return [fault.target];
  return ["redis", ...names("api", apis), ...names("worker", workers)];
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${index}`);
}

function wouldLeaveNone(
  { target }: Fault,
  atMs: number,
  busyUntil: ReadonlyMap<string, number>,
  { apis, workers }: PlanOptions,
): boolean {
  const kinds = [names("api", apis), names("worker", workers)];
  const peers = kinds.find((kind) => kind.includes(target));
  return peers?.every((name) => name === target || (busyUntil.get(name) ?? 0) > atMs) ?? false;
}
