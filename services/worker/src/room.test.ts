import fc from "fast-check";
import type { WebhookId } from "@posthorn/core";
import { waitFor } from "../../../test/support/wait-for.ts";
import { createRoom } from "./room.ts";
import type { Place, Room } from "./room.ts";

const webhook = (n: number): WebhookId => `webhook-${n}` as WebhookId;

function take(room: Room, lane: "fresh" | "retry", of: number): Place {
  const place = room.tryTake(lane, webhook(of));
  if (typeof place === "string") throw new Error(`there was ${place}`);
  return place;
}

test("the retry lane gets half of the places, and the fresh lane all but one", () => {
  const room = createRoom(6);
  for (let n = 0; n < 3; n++) take(room, "retry", n);
  expect(room.tryTake("retry", webhook(3))).toBe("no-room");
  for (let n = 0; n < 3; n++) take(room, "fresh", n);
  expect(room.tryTake("fresh", webhook(3))).toBe("no-room");

  const other = createRoom(6);
  for (let n = 0; n < 5; n++) take(other, "fresh", n);
  expect(other.hasRoom("fresh")).toBe(false);
  take(other, "retry", 0);
  expect(other.taken()).toEqual({ fresh: 5, retry: 1 });
});

test("two places are one for each lane", () => {
  const room = createRoom(2);
  take(room, "fresh", 0);
  expect(room.tryTake("fresh", webhook(1))).toBe("no-room");
  take(room, "retry", 1);
});

test("once half of the places are taken, the rest of the fresh lane is for webhooks that have none in it", () => {
  const room = createRoom(8);
  const places = Array.from({ length: 4 }, () => take(room, "fresh", 1));
  expect(room.tryTake("fresh", webhook(1))).toBe("not-yet");
  const other = take(room, "fresh", 2);
  expect(room.tryTake("fresh", webhook(2))).toBe("not-yet");
  // Its retries are none of this.
  take(room, "retry", 1).release();
  other.release();
  places[0]?.release();
  take(room, "fresh", 1);
});

test("a place may be kept for the webhook's next attempt while it could be given back and taken again, but not the last one", () => {
  const room = createRoom(8);
  const places = Array.from({ length: 4 }, () => take(room, "fresh", 1));
  expect(room.mayKeep("fresh", webhook(1))).toBe(true);
  take(room, "fresh", 2);
  expect(room.mayKeep("fresh", webhook(1))).toBe(false);
  // It has only this one.
  expect(room.mayKeep("fresh", webhook(2))).toBe(true);
  take(room, "fresh", 3);
  take(room, "fresh", 4);
  expect(room.mayKeep("fresh", webhook(2))).toBe(false);
  places[0]?.release();
  expect(room.mayKeep("fresh", webhook(2))).toBe(true);
  room.close();
  expect(room.mayKeep("fresh", webhook(2))).toBe(false);
});

test("what one webhook gives back, twice or late, is counted once", () => {
  const room = createRoom(4);
  const first = take(room, "fresh", 1);
  take(room, "fresh", 1);
  first.release();
  first.release();
  expect(room.taken()).toEqual({ fresh: 1, retry: 0 });
  take(room, "fresh", 2);
  expect(room.tryTake("fresh", webhook(1))).toBe("not-yet");
});

test("who waits for room is woken when there is some for its lane", async () => {
  const room = createRoom(2);
  const places = [take(room, "fresh", 1), take(room, "retry", 1)] as const;
  let isWoken = false;
  const wait = async (): Promise<void> => {
    await room.whenRoom("retry");
    isWoken = true;
  };
  const waiting = wait();
  places[0].release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isWoken).toBe(false);
  places[1].release();
  await waiting;
  await room.whenEmpty();
});

/** Waits for room in the lanes, and notes who was woken, in order. */
function waiters(room: Room, ...lanes: readonly ("fresh" | "retry")[]): number[] {
  const woken: number[] = [];
  for (const [index, lane] of lanes.entries()) void room.whenRoom(lane).then(() => woken.push(index));
  return woken;
}
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("one free place wakes one of those who wait for it, the first one", async () => {
  const room = createRoom(4);
  const places = [1, 2, 3].map((n) => take(room, "fresh", n));
  const woken = waiters(room, "fresh", "fresh", "fresh");
  places[0]?.release();
  await turnOfTheLoop();
  expect(woken).toEqual([0]);
  take(room, "fresh", 4);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(woken).toEqual([0]);
  places[1]?.release();
  places[2]?.release();
  await turnOfTheLoop();
  expect(woken).toEqual([0, 1, 2]);
});

test("who is woken and takes nothing passes the turn on, also to the other lane", async () => {
  const room = createRoom(2);
  const places = [take(room, "fresh", 1), take(room, "retry", 1)] as const;
  const woken = waiters(room, "retry", "retry", "fresh");
  places[1].release();
  places[0].release();
  await turnOfTheLoop();
  expect(woken).toEqual([0, 2]);
  await waitFor("the others", () => woken.length === 3);
});

test("what is left for other webhooks wakes the next one at once", async () => {
  const room = createRoom(4);
  const places = [1, 2, 3].map((n) => take(room, "fresh", n));
  const woken = waiters(room, "fresh", "fresh");
  places[0]?.release();
  await turnOfTheLoop();
  expect(room.tryTake("fresh", webhook(2))).toBe("not-yet");
  await turnOfTheLoop();
  expect(woken).toEqual([0, 1]);
});

test("however places come and go, nobody waits while there is a place", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), async (steps) => {
      const room = createRoom(4);
      const places: Place[] = [];
      let waits = 0;
      for (const [index, step] of steps.entries()) {
        const lane = step % 2 === 0 ? "fresh" : "retry";
        if (step < 2) {
          const place = room.tryTake(lane, webhook(index));
          if (typeof place !== "string") places.push(place);
        } else if (step < 4) {
          waits += 1;
          void room.whenRoom(lane).then(() => (waits -= 1));
        } else {
          places.splice(index % Math.max(1, places.length), 1)[0]?.release();
        }
      }
      for (const place of places) place.release();
      await waitFor("the last one", () => waits === 0, 2_000);
    }),
    { numRuns: 30 },
  );
});
