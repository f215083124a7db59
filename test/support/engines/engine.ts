import { valkeyProgram } from "../redis-program.ts";
import { startRedisServer } from "../redis-server.ts";
import { startRedisCluster } from "./redis-cluster.ts";
import { startSentinelSet } from "./sentinel-set.ts";

/** What Posthorn may run on, each by its `REDIS_URL` alone. */
export const ENGINES = ["redis", "sentinel", "cluster", "valkey"] as const;
export type EngineName = (typeof ENGINES)[number];

export interface Engine {
  readonly url: string;
  remove(): Promise<void>;
}

/** Why an engine cannot be tried here; `undefined` = it can. */
export function whyNot(name: EngineName): string | undefined {
  if (name !== "valkey" || valkeyProgram() !== undefined) return undefined;
  return "no valkey-server here: install it, or name one in TEST_VALKEY_SERVER";
}

export async function startEngine(name: EngineName): Promise<Engine> {
  switch (name) {
    case "redis":
      return startRedisServer();
    case "valkey":
      return startRedisServer([], {}, valkeyProgram());
    case "sentinel":
      return startSentinelSet();
    case "cluster":
      return startRedisCluster({ masters: 3, replicasEach: 1 });
  }
}
