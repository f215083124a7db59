/** What a look at a queue, and at the consumer that is to take its jobs, has shown. */
export interface QueueLook {
  readonly nowMs: number;
  /** Jobs that the consumer has taken so far. */
  readonly taken: number;
  readonly jobsWait: boolean;
  /** Nothing keeps the consumer from taking one: there is room for it, and Redis does not refuse. */
  readonly mayTake: boolean;
}

/** What is remembered between two looks. */
export interface QueueWatch {
  readonly taken: number;
  /** Since when nothing was taken although jobs wait; `null` = all is well. */
  readonly idleSinceMs: number | null;
}

export const UNWATCHED: QueueWatch = { taken: 0, idleSinceMs: null };

/** What to remember after another look. */
export function watchQueue(before: QueueWatch, { nowMs, taken, jobsWait, mayTake }: QueueLook): QueueWatch {
  if (taken !== before.taken || !jobsWait || !mayTake) return { taken, idleSinceMs: null };
  return { taken, idleSinceMs: before.idleSinceMs ?? nowMs };
}

/** For how long a consumer has idled although it might have worked. */
export function idleMs({ idleSinceMs }: QueueWatch, nowMs: number): number {
  return idleSinceMs === null ? 0 : nowMs - idleSinceMs;
}
