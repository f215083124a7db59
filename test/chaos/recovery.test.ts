import type { Fault } from "./plan/fault.ts";
import { recoveries } from "./recovery.ts";

const at = (kind: "kill" | "freeze", target: "redis" | "worker-0", beganAtMs: number, endedAtMs: number) => ({
  fault: { kind, target, atMs: beganAtMs, forMs: endedAtMs - beganAtMs } satisfies Fault,
  beganAtMs,
  endedAtMs,
});

test("a recovery lasts from the end of an outage to the next delivery", () => {
  const injected = [at("kill", "redis", 10, 20), at("kill", "worker-0", 30, 40), at("freeze", "redis", 50, 60)];
  expect(recoveries(injected, [5, 15, 23, 60]).map(({ tookMs }) => tookMs)).toEqual([3, 0]);
});

test("an outage that another one follows before any delivery is not counted; one without any delivery is", () => {
  const injected = [at("kill", "redis", 10, 20), at("kill", "redis", 25, 30)];
  expect(recoveries(injected, [33]).map(({ tookMs }) => tookMs)).toEqual([3]);
  expect(recoveries(injected, []).map(({ tookMs }) => tookMs)).toEqual([undefined]);
});
