import type { RedisClient } from "./connect.ts";

const PING_EVERY_MS = 2_000;

/**
 * Calls back for every message of a channel, over a connection of its own, until the returned function is called.
 * Messages that come while it is away are lost: whoever listens also polls.
 */
export async function subscribeTo(
  subscriber: RedisClient,
  channel: string,
  callback: (text: string) => void,
): Promise<() => Promise<void>> {
  subscriber.on("message", (_channel, text) => callback(text));
  await subscriber.connect();
  await subscriber.subscribe(channel);
  subscriber.on("ready", () => {
    subscriber.subscribe(channel).catch(() => {
      // A connection that ended meanwhile is made anew anyway.
      if (subscriber.status === "ready") subscriber.disconnect(true);
    });
  });
  // A subscriber asks nothing, and one that asks nothing cannot tell silence from a connection that is gone.
  const pinging = setInterval(() => void subscriber.ping().catch(() => undefined), PING_EVERY_MS);
  return async () => {
    clearInterval(pinging);
    subscriber.disconnect();
  };
}
