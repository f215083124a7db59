import { parseOptions } from "./options.ts";

test("what is not said is the default, the seed a random one", () => {
  expect(parseOptions([], 5)).toEqual({
    kind: "options",
    options: { requests: 100_000, seed: 5, connections: 24, withinMs: 20 * 60_000 },
  });
  expect(parseOptions(["--requests", "10", "--seed", "7"], 5)).toMatchObject({ options: { requests: 10, seed: 7 } });
  expect(parseOptions(["--help"], 5)).toEqual({ kind: "help" });
});

test("every mistake is told at once", () => {
  expect(parseOptions(["--requests", "1e5", "--seed", "-1"], 5)).toMatchObject({ kind: "mistakes" });
  expect(parseOptions(["--requests=1e5", "--seed=x"], 5)).toEqual({
    kind: "mistakes",
    mistakes: [
      "--requests 1e5 is not a whole number from 1 to 100000000",
      "--seed x is not a whole number from 0 to 2147483647",
    ],
  });
});
