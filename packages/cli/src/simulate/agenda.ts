/** What will happen, soonest first; among things of one time, the one planned first. */
export interface Agenda<T> {
  plan(atMs: number, what: T): void;
  /** Takes out the soonest if it is due at `nowMs`. */
  takeDue(nowMs: number): T | undefined;
}

interface Entry<T> {
  readonly atMs: number;
  readonly order: number;
  readonly what: T;
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** A binary heap: the children of the entry at `i` are at `2i + 1` and `2i + 2`, and none is before its parent. */
export function createAgenda<T>(): Agenda<T> {
  const heap: Entry<T>[] = [];
  let planned = 0;

  const swapIfBefore = (child: number, parent: number): boolean => {
    const [lower, upper] = [heap[child], heap[parent]];
    if (lower === undefined || upper === undefined || !isBefore(lower, upper)) return false;
    heap[child] = upper;
    heap[parent] = lower;
    return true;
  };

  return {
    plan: (atMs, what) => {
      heap.push({ atMs, order: planned++, what });
      let at = heap.length - 1;
      while (at > 0 && swapIfBefore(at, (at - 1) >> 1)) at = (at - 1) >> 1;
    },
    takeDue: (nowMs) => {
      const [first] = heap;
      if (first === undefined || first.atMs > nowMs) return undefined;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
      for (let at = 0; ;) {
        const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
        if (left === undefined) return first.what;
        const sooner = right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
        if (!swapIfBefore(sooner, at)) return first.what;
        at = sooner;
      }
    },
  };
}
