import type { Confirmation } from "@posthorn/core";
import { createConfirmedAppends } from "./confirmed-appends.ts";
import type { ConfirmedAppends } from "./confirmed-appends.ts";
import type { RedisClient } from "./connect.ts";
import { isOneMaster, masterOf, mastersOf } from "./masters.ts";
import type { Master } from "./masters.ts";
import { asUnavailable } from "./unavailable.ts";

/**
 * Does work on a connection to where a key is, and resolves when what was written there is as durable as asked for.
 * Rejects with `StoreUnavailableError` when that is not so in time; whether it will be is then unknown.
 */
export type Durably = <T>(key: string, work: (redis: RedisClient) => Promise<T>) => Promise<T>;

interface ConfirmedPlaces {
  readonly durably: Durably;
  close(): void;
}

interface ConfirmedPlacesOptions {
  readonly redis: RedisClient;
  readonly confirmation: Extract<Confirmation, { kind: "fsync" | "replicas" }>;
  /** Makes a connection that nobody else uses, and that follows no key to another master: what was written there counts. */
  readonly connect: (master: Master) => Promise<RedisClient>;
}

/** Each master confirms what was written there. */
export async function createConfirmedPlaces(options: ConfirmedPlacesOptions): Promise<ConfirmedPlaces> {
  const { redis, confirmation, connect } = options;
  const places = new Map<string, Promise<ConfirmedAppends>>();

  const closeLeft = (): void => {
    const masters = new Set(mastersOf(redis).map(({ place }) => place));
    for (const [place, own] of places) {
      if (masters.has(place)) continue;
      places.delete(place);
      own.then(({ close }) => close()).catch(() => undefined);
    }
  };

  const at = (master: Master): Promise<ConfirmedAppends> => {
    const known = places.get(master.place);
    if (known !== undefined) return known;
    closeLeft();
    const own = createConfirmedAppends({ confirmation, connect: () => connect(master) });
    places.set(master.place, own);
    own.catch(() => places.delete(master.place));
    return own;
  };

  // One Redis is waited for at the start, and never again.
  if (isOneMaster(redis)) for (const master of mastersOf(redis)) await at(master);

  return {
    durably: async (key, work) => {
      try {
        const { run } = await at(masterOf(redis, key));
        return await run(work);
      } catch (error) {
        // The client that follows keys may not know yet that this one has moved: it hears of it when it asks.
        if (!isOneMaster(redis)) await redis.exists(key).catch(() => undefined);
        throw asUnavailable(error);
      }
    },
    close: () => {
      for (const own of places.values()) own.then(({ close }) => close()).catch(() => undefined);
    },
  };
}
