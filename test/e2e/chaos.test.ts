import { runChaos } from "../chaos/run-chaos.ts";

/** `npm run chaos` does the same for longer. */
test("under kills, freezes and cuts of a fixed plan nothing is lost, and nothing doubled but whole batches", async () => {
  const { failures, summary, logDir } = await runChaos(
    { durationMs: 20_000, seed: 8, eventsPerSecond: 400, keepLogs: false },
    { signal: new AbortController().signal, say: () => undefined },
  );
  expect({ failures, summary, logDir }).toEqual({ failures: [], summary, logDir: undefined });
}, 240_000);
