import { chooseConfirmation } from "@posthorn/core";
import type { Durability } from "@posthorn/core";
import type { Append } from "./append-request.ts";
import type { Batches } from "./batches.ts";
import { createConfirmedAppends } from "./confirmed-appends.ts";
import type { RedisClient } from "./connect.ts";
import { inspectRedis } from "./inspect.ts";

export interface OpenedAppend {
  readonly append: Append;
  close(): void;
}

interface OpenAppendOptions {
  readonly redis: RedisClient;
  readonly batches: Pick<Batches, "append" | "appendOn">;
  readonly durability: Durability;
  /** Makes a connection that nobody else uses. */
  readonly connect: () => Promise<RedisClient>;
}

/** Appends that are as durable as asked for; throws when this Redis cannot do that, with what to do. */
export async function openAppend({ redis, batches, durability, connect }: OpenAppendOptions): Promise<OpenedAppend> {
  const { persistence } = await inspectRedis(redis);
  const confirmation = chooseConfirmation(durability, persistence);
  switch (confirmation.kind) {
    case "answer":
      return { append: batches.append, close: () => undefined };
    case "refused":
      throw new Error(confirmation.why);
    case "fsync":
    case "replicas": {
      const { run, close } = await createConfirmedAppends({ confirmation, connect });
      return { append: (request) => run((connection) => batches.appendOn(connection, request)), close };
    }
  }
}
