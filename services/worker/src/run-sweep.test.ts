import { createSweep } from "./run-sweep.ts";

test("a step of the sweep that fails keeps the others from nothing, is logged, and fails the sweep", async () => {
  const lines: string[] = [];
  const sweep = createSweep({
    definitions: {
      applyUnapplied: async () => {
        throw new Error("webhook 1 could not be brought up to its definition");
      },
      reconcile: async () => 0,
      removeLeft: async () => 2,
    },
    pauseAll: { tellAll: async () => 3 },
    log: { info: (fields: unknown, event?: string) => lines.push(`${event} ${JSON.stringify(fields)}`) },
    warn: (error, event) => lines.push(`${event} ${String(error)}`),
  });
  await expect(sweep()).rejects.toThrow("webhook 1");
  expect(lines).toEqual([
    "sweep.failed Error: webhook 1 could not be brought up to its definition",
    'definitions.left {"webhooks":2}',
    'pause.told {"partitions":3}',
  ]);
});
