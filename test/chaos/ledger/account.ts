import { typeOf } from "../events.ts";
import type { EventType } from "../events.ts";
import { createKinship } from "./derived-ids.ts";
import type { Irregularity, SeenBatch, SentRequest, TargetLedger } from "./ledger.ts";

/** From when to when events were for a webhook: surely between `from.confirmed` and `until.asked`. */
export interface Membership {
  readonly types: readonly EventType[];
  readonly from: { readonly askedAtMs: number; readonly confirmedAtMs: number };
  readonly until: { readonly askedAtMs: number; readonly confirmedAtMs: number };
}

/** There from before the first event until after the last one. */
export const ALWAYS: Omit<Membership, "types"> = {
  from: { askedAtMs: -Infinity, confirmedAtMs: -Infinity },
  until: { askedAtMs: Infinity, confirmedAtMs: Infinity },
};

/** A batch that ended without a 2xx, as the API tells. */
export interface EndedBatch {
  readonly id: string;
  readonly state: "expired" | "overflowed" | "discarded";
  readonly events: number;
}

export type Problem =
  | Irregularity
  | { readonly kind: "lost"; readonly events: readonly number[]; readonly atLeast: number }
  /** More events ended without a delivery than there can be. */
  | { readonly kind: "miscounted"; readonly missing: number; readonly ended: number }
  | { readonly kind: "foreign-event"; readonly event: number; readonly batch: string }
  | { readonly kind: "unrelated-duplicate"; readonly event: number; readonly batches: readonly [string, string] }
  | { readonly kind: "out-of-order"; readonly batch: string; readonly events: readonly [number, number] }
  | { readonly kind: "expired-although-recovering"; readonly batches: readonly string[] };

/** What became of all events that a webhook wanted. */
export interface Account {
  /** Events that were surely for it. */
  readonly wanted: number;
  readonly delivered: number;
  readonly ended: Readonly<Record<EndedBatch["state"], number>>;
  /** Not delivered, and gone with their webhook. */
  readonly deleted: number;
  readonly problems: readonly Problem[];
}

interface AccountOptions {
  readonly membership: Membership;
  readonly requests: readonly SentRequest[];
  readonly target: TargetLedger;
  readonly ended: readonly EndedBatch[];
  /** Whether its target is down for so long that batches are to expire. */
  readonly mayExpire: boolean;
}

/** Accounts for every event of one webhook. Pure: all is known by now. */
export function accountFor(options: AccountOptions): Account {
  const { membership, target, ended } = options;
  const isDeleted = membership.until.askedAtMs !== Infinity;
  const { must, may } = wantedEvents(options);
  const problems: Problem[] = [...target.irregularities];
  const delivered = new Set<number>();
  for (const batch of target.batches.values()) {
    if (!batch.attempts.some(({ isDelivered }) => isDelivered)) continue;
    for (const n of batch.numbers) delivered.add(n);
  }
  problems.push(...duplicates(target), ...foreigners(target, may), ...disorder(options));
  const expired = ended.filter(({ state }) => state === "expired");
  if (!options.mayExpire && expired.length > 0) {
    problems.push({ kind: "expired-although-recovering", batches: expired.map(({ id }) => id) });
  }

  // What a batch held that ended without a 2xx is known if its target has seen it.
  const endedKnown = new Set<number>();
  let endedUnseen = 0;
  for (const { id, events } of ended) {
    const seen = target.batches.get(id);
    if (seen === undefined) endedUnseen += events;
    else for (const n of seen.numbers) endedKnown.add(n);
  }
  const isMissing = (n: number): boolean => !delivered.has(n) && !endedKnown.has(n);
  const missing = [...must].filter(isMissing);
  if (!isDeleted) {
    const most = may.size === must.size ? missing.length : [...may].filter(isMissing).length;
    if (missing.length > endedUnseen) {
      problems.push({ kind: "lost", events: missing, atLeast: missing.length - endedUnseen });
    } else if (most < endedUnseen) {
      problems.push({ kind: "miscounted", missing: most, ended: endedUnseen });
    }
  }
  return {
    wanted: must.size,
    delivered: delivered.size,
    ended: endedEvents(ended),
    deleted: isDeleted ? missing.length : 0,
    problems,
  };
}

/** The events that were surely for the webhook, and those that may have been. */
function wantedEvents({ membership, requests }: AccountOptions): {
  readonly must: ReadonlySet<number>;
  readonly may: ReadonlySet<number>;
} {
  const { from, until } = membership;
  const types = new Set(membership.types);
  const must = new Set<number>();
  const may = new Set<number>();
  for (const { first, count, sentAtMs, answeredAtMs = Infinity } of requests) {
    const isPossible = answeredAtMs >= from.askedAtMs && sentAtMs <= until.confirmedAtMs;
    const isSure = sentAtMs >= from.confirmedAtMs && answeredAtMs <= until.askedAtMs && answeredAtMs !== Infinity;
    if (!isPossible && !isSure) continue;
    for (let n = first; n < first + count; n++) {
      if (!types.has(typeOf(n))) continue;
      may.add(n);
      if (isSure) must.add(n);
    }
  }
  return { must, may };
}

/** Events that came in two batches, neither of which was made by splitting the other. */
function duplicates({ batches }: TargetLedger): Problem[] {
  const problems: Problem[] = [];
  const isAncestor = createKinship();
  const carriers = new Map<number, string[]>();
  const judged = new Set<string>();
  for (const { id, numbers } of batches.values()) {
    for (const n of numbers) {
      const others = carriers.get(n);
      if (others === undefined) {
        carriers.set(n, [id]);
        continue;
      }
      for (const other of others) {
        if (judged.has(`${other} ${id}`)) continue;
        judged.add(`${other} ${id}`);
        const isRelated = other !== id && (isAncestor(other, id) || isAncestor(id, other));
        if (!isRelated) problems.push({ kind: "unrelated-duplicate", event: n, batches: [other, id] });
      }
      others.push(id);
    }
  }
  return problems;
}

function foreigners({ batches }: TargetLedger, may: ReadonlySet<number>): Problem[] {
  return [...batches.values()].flatMap(({ id, numbers }: SeenBatch): Problem[] => {
    const event = numbers.find((n) => !may.has(n));
    return event === undefined ? [] : [{ kind: "foreign-event", event, batch: id }];
  });
}

/** Events of one type are wanted by the same webhooks, so they must be in their request's order. */
function disorder({ target, requests }: AccountOptions): Problem[] {
  return [...target.batches.values()].flatMap(({ id, numbers }): Problem[] => {
    const last = new Map<string, number>();
    for (const n of numbers) {
      const key = `${requestOf(requests, n)} ${typeOf(n)}`;
      const before = last.get(key) ?? -1;
      if (before > n) return [{ kind: "out-of-order", batch: id, events: [before, n] }];
      last.set(key, n);
    }
    return [];
  });
}

/** The index of the request that an event was sent in: they follow each other without gaps. */
function requestOf(requests: readonly SentRequest[], n: number): number {
  let [low, high] = [0, requests.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((requests[middle]?.first ?? Infinity) <= n) low = middle;
    else high = middle - 1;
  }
  return low;
}

function endedEvents(ended: readonly EndedBatch[]): Account["ended"] {
  const sums = { expired: 0, overflowed: 0, discarded: 0 };
  for (const { state, events } of ended) sums[state] += events;
  return sums;
}
