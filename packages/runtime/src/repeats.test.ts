import { createRepeats } from "./repeats.ts";

test("what repeats is told once in a while, with how often it happened meanwhile", () => {
  const repeats = createRepeats(5_000);
  expect(repeats.tell("redis away", 0)).toBe(0);
  for (let nowMs = 1; nowMs < 5_000; nowMs += 100) expect(repeats.tell("redis away", nowMs)).toBeUndefined();
  expect(repeats.tell("redis away", 5_000)).toBe(50);
  expect(repeats.tell("redis away", 10_000)).toBe(0);
});

test("one kind does not silence another", () => {
  const repeats = createRepeats(5_000);
  expect(repeats.tell("redis away", 0)).toBe(0);
  expect(repeats.tell("redis full", 1)).toBe(0);
});

test("kinds that are quiet are forgotten, so that many of them take no memory", () => {
  const repeats = createRepeats(5_000);
  for (let n = 0; n < 100; n++) repeats.tell(`kind ${n}`, 0);
  repeats.tell("kind 0", 1);
  repeats.tell("one more", 6_000);
  // Forgotten together with what was not told of it.
  expect(repeats.tell("kind 0", 6_001)).toBe(0);
});
