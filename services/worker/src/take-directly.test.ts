import type { BatchId, WebhookId } from "@posthorn/core";
import type { Lane, OverdueReservation } from "@posthorn/store";
import { waitFor } from "../../../test/support/wait-for.ts";
import { createRoom } from "./room.ts";
import type { Place } from "./room.ts";
import { createDirectTaker } from "./take-directly.ts";
import type { DirectTaker } from "./take-directly.ts";

let begun: { readonly batch: string; readonly hint: number; readonly place: Place }[];
let taker: DirectTaker;

beforeEach(() => {
  begun = [];
  // One place for each lane.
  taker = createDirectTaker({
    room: createRoom(2),
    begin: (place, { batch, hint }) => begun.push({ batch, hint, place }),
  });
});

function reservation(batch: string, lane: Lane = "fresh", hint = 1, webhook = batch): OverdueReservation {
  return { lane, webhook: webhook as WebhookId, batch: batch as BatchId, attempt: 1, hint };
}

const named = (): string[] => begun.map(({ batch }) => batch);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a batch is taken at once where there is room for it", () => {
  expect(taker.take(0, reservation("a"))).toBe(true);
  expect(taker.take(0, reservation("b", "retry"))).toBe(true);
  expect(named()).toEqual(["a", "b"]);
});

test("what finds no room is taken in turn as places become free", async () => {
  taker.take(0, reservation("a"));
  expect(taker.take(0, reservation("b"))).toBe(false);
  expect(taker.take(0, reservation("c"))).toBe(false);
  await settled();
  expect(named()).toEqual(["a"]);
  begun[0]?.place.release();
  await settled();
  expect(named()).toEqual(["a", "b"]);
  begun[1]?.place.release();
  await settled();
  expect(named()).toEqual(["a", "b", "c"]);
});

test("of a batch that is offered again while it waits, only the newest hint is taken, once", async () => {
  taker.take(0, reservation("a"));
  taker.take(0, reservation("b", "fresh", 1));
  taker.take(0, reservation("b", "fresh", 2));
  begun[0]?.place.release();
  await settled();
  begun[1]?.place.release();
  await settled();
  expect(begun.map(({ batch, hint }) => `${batch} ${hint}`)).toEqual(["a 1", "b 2"]);
});

test("room that is kept for other webhooks goes to the first of those that wait", async () => {
  const room = createRoom(4);
  const { take } = createDirectTaker({
    room,
    begin: (place, { batch, hint }) => begun.push({ batch, hint, place }),
  });
  take(0, reservation("a1", "fresh", 1, "a"));
  take(0, reservation("b1", "fresh", 1, "b"));
  // There is a place left, but not for a webhook that has one.
  expect(take(0, reservation("a2", "fresh", 1, "a"))).toBe(false);
  expect(take(0, reservation("c1", "fresh", 1, "c"))).toBe(true);
  expect(named()).toEqual(["a1", "b1", "c1"]);
  begun[0]?.place.release();
  begun[1]?.place.release();
  await waitFor("the second of the first webhook", () => named().includes("a2"));
});

test("nothing is taken any more after the end", async () => {
  taker.take(0, reservation("a"));
  taker.take(0, reservation("b"));
  taker.close();
  begun[0]?.place.release();
  await settled();
  expect(taker.take(0, reservation("c"))).toBe(false);
  expect(named()).toEqual(["a"]);
});
