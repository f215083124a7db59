import { chooseConfirmation } from "@posthorn/core";
import type { Durability } from "@posthorn/core";
import type { Append } from "./append-request.ts";
import type { Batches } from "./batches.ts";
import { createConfirmedPlaces } from "./confirmed-places.ts";
import type { Durably } from "./confirmed-places.ts";
import type { RedisClient } from "./connect.ts";
import { inspectRedis } from "./inspect.ts";
import type { Keys } from "./keys.ts";
import type { Master } from "./masters.ts";
import { watchFsync } from "./watch-fsync.ts";

export interface OpenedAppend {
  readonly append: Append;
  /** The same durability for whatever else is acknowledged. */
  readonly durably: Durably;
  /** Why this Redis cannot do what was asked for any more; `undefined` = it can, as far as is known. */
  readonly refusal: () => string | undefined;
  close(): void;
}

interface OpenAppendOptions {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly batches: Pick<Batches, "append" | "appendOn">;
  readonly durability: Durability;
  /** Makes a connection that nobody else uses. */
  readonly connect: (master: Master) => Promise<RedisClient>;
  readonly onError: (error: Error) => void;
}

/** Appends that are as durable as asked for; throws when this Redis cannot do that, with what to do. */
export async function openAppend(options: OpenAppendOptions): Promise<OpenedAppend> {
  const { redis, keys, batches, durability, connect, onError } = options;
  const { persistence } = await inspectRedis(redis);
  const confirmation = chooseConfirmation(durability, persistence);
  switch (confirmation.kind) {
    case "answer": {
      const durably: Durably = (_key, work) => work(redis);
      if (durability.kind !== "fsync")
        return { append: batches.append, durably, refusal: () => undefined, close: () => undefined };
      // What Redis does by itself it may cease to do.
      const { check, refusal, stop } = watchFsync({ redis, onError });
      const append: Append = async (request) => {
        await check();
        return batches.append(request);
      };
      return { append, durably, refusal, close: stop };
    }
    case "refused":
      throw new Error(confirmation.why);
    case "fsync":
    case "replicas": {
      const { durably, close } = await createConfirmedPlaces({ redis, confirmation, connect });
      const append: Append = (request) =>
        durably(keys.partition(request.partition).base, (connection) => batches.appendOn(connection, request));
      // Its connections find out by themselves.
      return { append, durably, refusal: () => undefined, close };
    }
  }
}
