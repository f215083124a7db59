import { parseOptions } from "./options.ts";

test("five minutes at 400 events a second unless told otherwise, and a seed of its own", () => {
  expect(parseOptions([], 7)).toEqual({
    kind: "options",
    options: { durationMs: 300_000, seed: 7, eventsPerSecond: 400, keepLogs: false },
  });
  expect(parseOptions(["--minutes", "0.5", "--seed", "42", "--rate", "50", "--keep-logs"], 7)).toEqual({
    kind: "options",
    options: { durationMs: 30_000, seed: 42, eventsPerSecond: 50, keepLogs: true },
  });
  expect(parseOptions(["--help"], 7)).toEqual({ kind: "help" });
});

test("all mistakes are told at once", () => {
  expect(parseOptions(["--minutes", "0", "--seed", "-1", "--rate", "1.5"], 7)).toMatchObject({ kind: "mistakes" });
  expect(parseOptions(["--minutes=16", "--seed=x", "--rate="], 7)).toEqual({
    kind: "mistakes",
    mistakes: [expect.stringMatching(/^--minutes/), expect.stringMatching(/^--seed/), expect.stringMatching(/^--rate/)],
  });
  expect(parseOptions(["--minute", "5"], 7)).toEqual({ kind: "mistakes", mistakes: [expect.stringMatching(/minute/)] });
});
