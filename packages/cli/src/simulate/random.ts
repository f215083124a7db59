/** A source of numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** The same numbers for the same seed: Mulberry32, of which 2³² seeds exist. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from `min` to `max`, both included. */
export function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** One of `choices`, which must not be empty. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

/** `count` random decimal digits, at most 18, the first of them not 0. */
export function digits(random: Random, count: number): string {
  if (count <= 9) return String(between(random, 10 ** (count - 1), 10 ** count - 1));
  return digits(random, 9) + String(between(random, 0, 10 ** (count - 9) - 1)).padStart(count - 9, "0");
}

/** `count` random hexadecimal digits. */
export function hex(random: Random, count: number): string {
  if (count > 8) return hex(random, 8) + hex(random, count - 8);
  return between(random, 0, 16 ** count - 1)
    .toString(16)
    .padStart(count, "0");
}
