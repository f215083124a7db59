import type { WebhookId } from "@posthorn/core";
import type { Flow } from "./flow.ts";
import { startSeriesRecorder } from "./series-recorder.ts";
import type { SeriesRecorder } from "./series-recorder.ts";

const A = "00000000-0000-4000-8000-00000000000a" as WebhookId;
const B = "00000000-0000-4000-8000-00000000000b" as WebhookId;

interface Written {
  readonly partition: number;
  readonly flows: readonly (readonly [WebhookId, Flow])[];
}

let written: Written[];
let totals: { readonly flow: Flow; readonly storedBytes: number }[];
let isAway: boolean;
let storedBytes: number;
let errors: unknown[];
let recorder: SeriesRecorder;
beforeEach(() => {
  written = [];
  totals = [];
  errors = [];
  isAway = false;
  storedBytes = 0;
  recorder = startSeriesRecorder({
    write: async (partition, flows) => {
      if (isAway) throw new Error("away");
      written.push({ partition, flows });
    },
    writeTotal: async (flow, bytes) => {
      if (isAway) throw new Error("away");
      totals.push({ flow, storedBytes: bytes });
    },
    storedBytes: () => storedBytes,
    onError: (error) => errors.push(error),
  });
});
afterEach(() => recorder.stop());

test("what passed since the last time is written once, by partition and webhook", async () => {
  recorder.appended(0, [A, B], 10);
  recorder.appended(3, [A], 1);
  recorder.accepted(11);
  recorder.attempted({ partition: 0, webhook: B }, { isSuccess: true, events: 7, latencyMs: 12.4 });
  recorder.attempted({ partition: 0, webhook: B }, { isSuccess: false, events: 7, latencyMs: 3 });
  await recorder.flush();
  await recorder.flush();
  expect(written.map(({ partition, flows }) => [partition, flows.map(([id]) => id)])).toEqual([
    [0, [A, B]],
    [3, [A]],
  ]);
  expect(written[0]?.flows[1]?.[1]).toEqual({
    eventsIn: 10,
    eventsOut: 7,
    batchesOut: 1,
    failedAttempts: 1,
    latencySumMs: 15.4,
    latencyMaxMs: 12.4,
  });
  expect(totals.map(({ flow }) => [flow.eventsIn, flow.eventsOut])).toEqual([[11, 7]]);
});

test("nothing is written while nothing passes, but for what the store holds when that changes", async () => {
  await recorder.flush();
  expect(totals).toHaveLength(1);
  await recorder.flush();
  expect(totals).toHaveLength(1);
  storedBytes = 5;
  await recorder.flush();
  expect(totals.map((total) => total.storedBytes)).toEqual([0, 5]);
  expect(written).toEqual([]);
});

test("what cannot be written is written later", async () => {
  recorder.appended(0, [A], 10);
  recorder.accepted(10);
  isAway = true;
  await recorder.flush();
  recorder.appended(0, [A], 5);
  isAway = false;
  await recorder.flush();
  expect(errors.length).toBeGreaterThan(0);
  expect(written.map(({ flows }) => flows[0]?.[1].eventsIn)).toEqual([15]);
  expect(totals.map(({ flow }) => flow.eventsIn)).toEqual([10]);
});

test("a webhook for which less waits is written though nothing passed", async () => {
  recorder.touched({ partition: 2, webhook: A });
  await recorder.flush();
  expect(written).toEqual([{ partition: 2, flows: [[A, expect.objectContaining({ eventsIn: 0 })]] }]);
});

test("many webhooks are written some at a time", async () => {
  const ids = Array.from(
    { length: 250 },
    (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as WebhookId,
  );
  recorder.appended(0, ids, 1);
  await recorder.flush();
  expect(written.map(({ flows }) => flows.length)).toEqual([100, 100, 50]);
});
