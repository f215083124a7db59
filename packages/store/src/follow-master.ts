import { connectToSentinel } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import type { SentinelAddress } from "./redis-address.ts";

/** Connections that leave a master when the Sentinels have put another one in its place. */
export interface MasterFollowers {
  add(connection: RedisClient): void;
  close(): void;
}

const SWITCHED = "+switch-master";

/**
 * A master that only the Sentinels cannot reach would take writes for as long as somebody else can reach it, and lose
 * them all when it comes back as a replica. Connections that break find the new master by themselves.
 */
export function followMaster(address: SentinelAddress): MasterFollowers {
  const followers = new Set<RedisClient>();
  const leave = (): void => {
    for (const connection of followers) if (connection.status === "ready") connection.disconnect(true);
  };
  const sentinels = address.sentinels.map((sentinel) => {
    const client = connectToSentinel(address, sentinel);
    client.on("ready", () => {
      client.subscribe(SWITCHED).catch(() => {
        if (client.status === "ready") client.disconnect(true);
      });
    });
    client.on("message", (_channel, text) => {
      // The name of the master, and its addresses before and after.
      if (text.startsWith(`${address.master} `)) leave();
    });
    client.connect().catch(() => undefined);
    return client;
  });
  return {
    add: (connection) => followers.add(connection),
    close: () => {
      for (const client of sentinels) client.disconnect();
    },
  };
}
