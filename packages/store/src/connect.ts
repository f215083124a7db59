import { Redis } from "ioredis";

export type RedisClient = Redis;

/** Reconnects after at most this long, so that work resumes within a second or so of Redis' return. */
const RECONNECT_DELAY_MAX_MS = 1_000;

interface ConnectOptions {
  readonly url: string;
  /** Shown in Redis' `CLIENT LIST`. */
  readonly name: string;
  /** Called for every connection error; ioredis goes on reconnecting by itself. */
  readonly onError: (error: Error) => void;
}

function retryDelayMs(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_DELAY_MAX_MS);
}

/** A replica that was promoted away answers READONLY: reconnect to find the new master, and send the command again. */
function reconnectOnError(error: Error): boolean | 2 {
  return error.message.startsWith("READONLY") ? 2 : false;
}

/**
 * A connection for commands. It never queues while Redis is away: a command fails at once, or after `commandTimeout`,
 * and the caller decides. (A queue in memory would make duplicates out of commands that callers gave up and repeated.)
 */
export function connect({ url, name, onError }: ConnectOptions): RedisClient {
  const client = new Redis(url, {
    connectionName: name,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 5_000,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    lazyConnect: true,
    retryStrategy: retryDelayMs,
    reconnectOnError,
  });
  client.on("error", onError);
  return client;
}

/** A connection for BullMQ workers, whose blocking reads must be allowed to wait and to survive reconnects. */
export function connectBlocking({ url, name, onError }: ConnectOptions): RedisClient {
  const client = new Redis(url, {
    connectionName: name,
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    lazyConnect: true,
    retryStrategy: retryDelayMs,
    reconnectOnError,
  });
  client.on("error", onError);
  return client;
}
