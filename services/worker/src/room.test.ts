import type { WebhookId } from "@posthorn/core";
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
