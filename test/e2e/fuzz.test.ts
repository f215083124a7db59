import { runFuzz } from "../fuzz/run-fuzz.ts";

/** `npm run fuzz` does the same for longer. */
test("whatever is sent to an API process, it lives, answers in its own words and stores what it accepted", async () => {
  const { failures, summary } = await runFuzz(
    { requests: 1_000, seed: 8, connections: 16, withinMs: 200_000 },
    { signal: new AbortController().signal, say: () => undefined },
  );
  expect({ failures, summary }).toEqual({ failures: [], summary });
}, 240_000);
