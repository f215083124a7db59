import { freePort } from "../../test/support/free-port.ts";
import { fsyncSettings } from "../support/durability.ts";
import { startRedisServer } from "../../test/support/redis-server.ts";
import { cpuSecondsOf, startBenchProcess } from "../support/processes.ts";
import type { System } from "../support/system.ts";

export async function passThrough(target: string, batchEvents: number): Promise<System> {
  const port = await freePort();
  const process = await startBenchProcess("baselines/pass-through.ts", [String(port), target, String(batchEvents)]);
  return {
    urls: [`http://127.0.0.1:${port}`],
    cpuSeconds: () => ({ api: process.cpuSeconds() }),
    stop: () => process.stop(),
  };
}

export async function oneJobPerEvent(target: string, batchEvents: number): Promise<System> {
  const redis = await startRedisServer(fsyncSettings());
  const port = await freePort();
  const api = await startBenchProcess("baselines/one-job-per-event-api.ts", [String(port), redis.url]);
  const worker = await startBenchProcess("baselines/one-job-per-event-worker.ts", [
    redis.url,
    target,
    String(batchEvents),
  ]);
  return {
    urls: [`http://127.0.0.1:${port}`],
    cpuSeconds: () => ({
      api: api.cpuSeconds(),
      redis: cpuSecondsOf(redis.pid()),
      worker: worker.cpuSeconds(),
    }),
    stop: async () => {
      await Promise.all([api.stop(), worker.stop()]);
      await redis.remove();
    },
  };
}
