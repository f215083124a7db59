import { Redis } from "ioredis";
import { redisWords } from "./unavailable.ts";

export type RedisClient = Redis;

/** Reconnects after at most this long, so that work resumes within a second or so of Redis' return. */
const RECONNECT_DELAY_MAX_MS = 1_000;

/**
 * A connection on which nothing has come for this long, though something was asked, is given up: its other side may be
 * gone without a word, and the platform would notice only after minutes. Shorter than what a caller waits for.
 */
const SILENCE_MAX_MS = 4_000;
const COMMAND_TIMEOUT_MS = 5_000;
/** BullMQ lets Redis keep a blocking read for ten seconds at most. */
const BLOCKED_SILENCE_MAX_MS = 12_000;
/** While Redis is read-only, every write says so: reconnecting at each would keep everything else from working. */
const READONLY_RECONNECTS_EVERY_MS = 1_000;

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

/** A master that was demoted answers READONLY: where a name or a proxy leads to the new one, a new connection does too. */
function reconnectWhenReadOnly(): (error: Error) => boolean {
  let reconnectedAtMs = -Infinity;
  return (error) => {
    const nowMs = performance.now();
    if (!redisWords(error).startsWith("READONLY") || nowMs - reconnectedAtMs < READONLY_RECONNECTS_EVERY_MS)
      return false;
    reconnectedAtMs = nowMs;
    return true;
  };
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
    // Nobody listens to the failure of ioredis' own resubscription: it would end the process.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENCE_MAX_MS,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    lazyConnect: true,
    retryStrategy: retryDelayMs,
    reconnectOnError: reconnectWhenReadOnly(),
  });
  client.on("error", onError);
  return client;
}

/**
 * A connection for BullMQ workers, whose commands must survive reconnects. BullMQ duplicates it for its blocking reads,
 * on which silence is nothing unusual.
 */
export function connectBlocking({ url, name, onError }: ConnectOptions): RedisClient {
  const client = new Redis(url, {
    connectionName: name,
    maxRetriesPerRequest: null,
    socketTimeout: SILENCE_MAX_MS,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    lazyConnect: true,
    retryStrategy: retryDelayMs,
    reconnectOnError: reconnectWhenReadOnly(),
  });
  client.on("error", onError);
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (changes) => duplicate({ ...changes, socketTimeout: BLOCKED_SILENCE_MAX_MS });
  return client;
}
