import type { WebhookId } from "@posthorn/core";
import type { Lane } from "@posthorn/store";

/** One attempt's place in this process. */
export interface Place {
  release(): void;
}

/** How many attempts this process has in flight, over both lanes and all partitions. */
export interface Room {
  /** A place; `no-room` when the lane has none now, `not-yet` when what is left is kept for other webhooks. */
  tryTake(lane: Lane, webhook: WebhookId | undefined): Place | "no-room" | "not-yet";
  readonly hasRoom: (lane: Lane) => boolean;
  /** Whether who has a place may use it for the webhook's next attempt too, rather than leave it to others. */
  readonly mayKeep: (lane: Lane, webhook: WebhookId) => boolean;
  /**
   * Resolves when the lane has a free place for whoever waits, or when `close` was called. Who does not try to take it
   * soon has had a turn, and the next one is woken.
   */
  whenRoom(lane: Lane): Promise<void>;
  /** Resolves when no place is taken. */
  whenEmpty(): Promise<void>;
  readonly taken: () => Readonly<Record<Lane, number>>;
  /** Nobody waits for room any more. */
  close(): void;
}

/** Somebody was woken for a place and has not tried to take it yet. */
interface Turn {
  readonly lane: Lane;
  readonly timer: NodeJS.Timeout;
}

/** About what it takes to fetch a job. Where there is none, the place is the next one's. */
const TURN_MS = 10;

/**
 * The retry lane gets at most half of the places, and one is kept for it, so that neither lane can shut the other out.
 * Once half of all places are taken, a webhook gets no second one in the fresh lane: many that begin to hang at the same
 * time, before they are known to fail, leave places to others.
 * `capacity` is at least 2.
 */
export function createRoom(capacity: number): Room {
  const taken: Record<Lane, number> = { fresh: 0, retry: 0 };
  const most: Record<Lane, number> = { fresh: capacity - 1, retry: Math.max(1, Math.floor(capacity / 2)) };
  /** How many places of the fresh lane each webhook has. */
  const fresh = new Map<WebhookId, number>();
  let waiting: { readonly lane: Lane; readonly wake: () => void }[] = [];
  let turns: Turn[] = [];
  let emptied: (() => void)[] = [];
  let closed = false;

  const hasRoom = (lane: Lane): boolean => taken[lane] < most[lane] && taken.fresh + taken.retry < capacity;

  const isForOthers = (lane: Lane, webhook: WebhookId | undefined): boolean =>
    lane === "fresh" && webhook !== undefined && fresh.has(webhook) && taken.fresh + taken.retry >= capacity / 2;

  /** As if it was given back and taken again, but not the last one of its lane. */
  const mayKeep = (lane: Lane, webhook: WebhookId): boolean => {
    const isAlone = lane === "fresh" && fresh.get(webhook) === 1;
    return !closed && hasRoom(lane) && (isAlone || taken.fresh + taken.retry - 1 < capacity / 2);
  };

  const count = (lane: Lane, webhook: WebhookId | undefined, change: 1 | -1): void => {
    taken[lane] += change;
    if (lane !== "fresh" || webhook === undefined) return;
    const held = (fresh.get(webhook) ?? 0) + change;
    if (held === 0) fresh.delete(webhook);
    else fresh.set(webhook, held);
  };

  /** Whether the lane has a place that nobody is on the way to. */
  const isSpare = (lane: Lane): boolean =>
    taken[lane] + turns.filter((turn) => turn.lane === lane).length < most[lane] &&
    taken.fresh + taken.retry + turns.length < capacity;

  /** Wakes as many as there are places for, those first who have waited longest. */
  const wakeNext = (): void => {
    for (const waiter of waiting) {
      if (!isSpare(waiter.lane)) continue;
      waiting = waiting.filter((other) => other !== waiter);
      const turn: Turn = { lane: waiter.lane, timer: setTimeout(() => endTurn(turn), TURN_MS) };
      turns.push(turn);
      waiter.wake();
    }
  };

  const endTurn = (turn: Turn | undefined): void => {
    clearTimeout(turn?.timer);
    turns = turns.filter((other) => other !== turn);
    wakeNext();
  };

  const release = (lane: Lane, webhook: WebhookId | undefined): void => {
    count(lane, webhook, -1);
    wakeNext();
    if (taken.fresh + taken.retry === 0) {
      for (const resolve of emptied) resolve();
      emptied = [];
    }
  };

  const tryTake: Room["tryTake"] = (lane, webhook) => {
    if (!hasRoom(lane)) return "no-room";
    if (isForOthers(lane, webhook)) return "not-yet";
    count(lane, webhook, 1);
    let released = false;
    return {
      release: () => {
        if (released) return;
        released = true;
        release(lane, webhook);
      },
    };
  };

  return {
    hasRoom,
    mayKeep,
    tryTake: (lane, webhook) => {
      const place = tryTake(lane, webhook);
      // Whoever it was: the one who is on the way may find the place taken, and waits again.
      endTurn(turns.find((turn) => turn.lane === lane));
      return place;
    },
    whenRoom: async (lane) => {
      if (closed) return;
      await new Promise<void>((wake) => {
        waiting.push({ lane, wake });
        wakeNext();
      });
    },
    whenEmpty: async () => {
      if (taken.fresh + taken.retry === 0) return;
      await new Promise<void>((resolve) => emptied.push(resolve));
    },
    taken: () => ({ ...taken }),
    close: () => {
      closed = true;
      for (const { wake } of waiting) wake();
      waiting = [];
    },
  };
}
