import { valkeyProgram } from "../redis-program.ts";
import { startRedisServer } from "../redis-server.ts";
import { startRedisCluster } from "./redis-cluster.ts";
import { startSentinelSet } from "./sentinel-set.ts";

/** What Posthorn may run on, each by its `REDIS_URL` alone. */
export const ENGINES = ["redis", "sentinel", "cluster", "valkey"] as const;
export type EngineName = (typeof ENGINES)[number];

export interface Engine {
  readonly url: string;
  /** Where what a test stores is not seen by the next one: a database, or the whole of it made empty. */
  fresh(): Promise<string>;
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
    case "valkey": {
      const server = await startRedisServer([], {}, name === "valkey" ? valkeyProgram() : undefined);
      return withDatabases(server.url, () => server.remove());
    }
    case "sentinel": {
      const set = await startSentinelSet();
      return withDatabases(set.url, () => set.remove());
    }
    case "cluster": {
      const cluster = await startRedisCluster({ masters: 3, replicasEach: 1 });
      const fresh = async (): Promise<string> => {
        await cluster.flush();
        return cluster.url;
      };
      return { url: cluster.url, fresh, remove: () => cluster.remove() };
    }
  }
}

function withDatabases(url: string, remove: () => Promise<void>): Engine {
  let taken = 0;
  return {
    url,
    fresh: async () => {
      taken += 1;
      return `${url}/${taken}`;
    },
    remove,
  };
}
