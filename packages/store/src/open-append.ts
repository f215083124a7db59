import { chooseConfirmation } from "@posthorn/core";
import type { Durability } from "@posthorn/core";
import type { Append } from "./append-request.ts";
import type { Batches } from "./batches.ts";
import { createConfirmedAppends } from "./confirmed-appends.ts";
import type { RedisClient } from "./connect.ts";
import { inspectRedis } from "./inspect.ts";
import { watchFsync } from "./watch-fsync.ts";

export interface OpenedAppend {
  readonly append: Append;
  /** Why this Redis cannot do what was asked for any more; `undefined` = it can, as far as is known. */
  readonly refusal: () => string | undefined;
  close(): void;
}

interface OpenAppendOptions {
  readonly redis: RedisClient;
  readonly batches: Pick<Batches, "append" | "appendOn">;
  readonly durability: Durability;
  /** Makes a connection that nobody else uses. */
  readonly connect: () => Promise<RedisClient>;
  readonly onError: (error: Error) => void;
}

/** Appends that are as durable as asked for; throws when this Redis cannot do that, with what to do. */
export async function openAppend(options: OpenAppendOptions): Promise<OpenedAppend> {
  const { redis, batches, durability, connect, onError } = options;
  const { persistence } = await inspectRedis(redis);
  const confirmation = chooseConfirmation(durability, persistence);
  switch (confirmation.kind) {
    case "answer": {
      if (durability.kind !== "fsync")
        return { append: batches.append, refusal: () => undefined, close: () => undefined };
      // What Redis does by itself it may cease to do.
      const { check, refusal, stop } = watchFsync({ redis, onError });
      const append: Append = async (request) => {
        await check();
        return batches.append(request);
      };
      return { append, refusal, close: stop };
    }
    case "refused":
      throw new Error(confirmation.why);
    case "fsync":
    case "replicas": {
      const { run, close } = await createConfirmedAppends({ confirmation, connect });
      const append: Append = (request) => run((connection) => batches.appendOn(connection, request));
      // Its connections find out by themselves.
      return { append, refusal: () => undefined, close };
    }
  }
}
