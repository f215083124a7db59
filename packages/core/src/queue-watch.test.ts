import { idleMs, UNWATCHED, watchQueue } from "./queue-watch.ts";
import type { QueueLook, QueueWatch } from "./queue-watch.ts";

const STUCK: QueueLook = { nowMs: 0, taken: 0, jobsWait: true, mayTake: true };

function after(...looks: readonly Partial<QueueLook>[]): QueueWatch {
  return looks.reduce<QueueWatch>(
    (watch, look, index) => watchQueue(watch, { ...STUCK, nowMs: index * 1_000, ...look }),
    UNWATCHED,
  );
}

test("a consumer that takes nothing although jobs wait has idled since it was first seen so", () => {
  expect(idleMs(after({}, {}, {}), 2_000)).toBe(2_000);
  expect(idleMs(after({ jobsWait: false }, {}, {}), 2_000)).toBe(1_000);
});

test("one that takes jobs never idles, however many wait", () => {
  expect(idleMs(after({ taken: 1 }, { taken: 2 }, { taken: 3 }), 2_000)).toBe(0);
  expect(idleMs(after({}, {}, { taken: 1 }), 2_000)).toBe(0);
  expect(idleMs(after({}, {}, { taken: 1 }, { taken: 1 }), 4_000)).toBe(1_000);
});

test("neither an empty queue, a full process nor a Redis that refuses is the consumer's fault", () => {
  for (const excuse of [{ jobsWait: false }, { mayTake: false }]) {
    expect(idleMs(after({}, {}, excuse), 2_000)).toBe(0);
    // The time before does not count once there is work for it again.
    expect(idleMs(after({}, {}, excuse, {}), 3_000)).toBe(0);
  }
});
