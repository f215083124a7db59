import { Cluster, Redis } from "ioredis";
import type { ClusterOptions, RedisOptions } from "ioredis";
import { isCluster } from "./redis-address.ts";
import type { ClusterAddress, HostAndPort, RedisAddress, SentinelAddress } from "./redis-address.ts";
import { redisWords } from "./unavailable.ts";

/** A connection to one Redis, or a client of a Redis Cluster, which asks the master of each key. */
export type RedisClient = Redis | Cluster;

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
/** Sentinels and nodes of a Cluster are asked in turn: one that is silent must not hold up the others for long. */
const ADVICE_TIMEOUT_MS = 2_000;
/** Shares of a Cluster are found where they are by its answers; this finds what nobody asks for. */
const LOOK_AT_CLUSTER_EVERY_MS = 10_000;

interface ConnectOptions {
  readonly address: RedisAddress;
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

/** Without what would change the types of answers. */
type Options = Omit<RedisOptions, "replyMapping">;

const SOCKET: Options = { socketTimeout: SILENCE_MAX_MS, connectTimeout: 5_000, keepAlive: 10_000 };

const COMMANDS: Options = {
  ...SOCKET,
  autoResendUnfulfilledCommands: false,
  // Nobody listens to the failure of ioredis' own resubscription: it would end the process.
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_TIMEOUT_MS,
};

/**
 * A connection for commands. It never queues while Redis is away: a command fails at once, or after `commandTimeout`,
 * and the caller decides. (A queue in memory would make duplicates out of commands that callers gave up and repeated.)
 */
export function connect(options: ConnectOptions): RedisClient {
  const { address, name } = options;
  if (isCluster(address)) {
    return openCluster(options, address, COMMANDS, {
      enableOfflineQueue: false,
      // Nor is a command repeated that was sent: it may have taken effect. (One that was refused is.)
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      slotsRefreshInterval: LOOK_AT_CLUSTER_EVERY_MS,
    });
  }
  return openOne(options, address, { ...COMMANDS, connectionName: name, enableOfflineQueue: false });
}

/** A connection to one Sentinel, which is asked for nothing but to tell what it sees. */
export function connectToSentinel({ sentinelLogin, tls }: SentinelAddress, { host, port }: HostAndPort): Redis {
  const client = new Redis({
    ...SOCKET,
    ...sentinelLogin,
    ...(tls ? { tls: {} } : {}),
    host,
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: retryDelayMs,
    autoResubscribe: false,
  });
  // One of several: whoever needs Redis says when none of them helps.
  client.on("error", () => undefined);
  return client;
}

/** A connection of the same kind to a master of a Cluster, which follows nothing: it is for what must be done there. */
export async function connectToMaster(
  master: Redis,
  { name, onError }: Omit<ConnectOptions, "address">,
): Promise<Redis> {
  const connection = master.duplicate({
    connectionName: name,
    enableOfflineQueue: false,
    retryStrategy: retryDelayMs,
  });
  connection.on("error", onError);
  try {
    await connection.connect();
    return connection;
  } catch (error) {
    connection.disconnect();
    throw error;
  }
}

/** A connection together with those that BullMQ makes of it. */
export interface BlockingConnection {
  readonly client: RedisClient;
  /** Ends all of them for good. */
  end(): void;
}

/**
 * A connection for BullMQ workers, whose commands must survive reconnects. BullMQ duplicates it for its blocking reads,
 * on which silence is nothing unusual.
 */
export function connectBlocking(options: ConnectOptions): BlockingConnection {
  const { address, name, onError } = options;
  const made: RedisClient[] = [];
  const keep = <Client extends RedisClient>(client: Client): Client => {
    made.push(client);
    return client;
  };
  const end = (): void => {
    for (const client of made) endForGood(client, onError);
  };
  if (isCluster(address)) {
    const cluster = keep(openCluster(options, address, { ...SOCKET, maxRetriesPerRequest: null }, {}));
    const duplicate = cluster.duplicate.bind(cluster);
    cluster.duplicate = (nodes, changes) =>
      keep(
        duplicate(nodes, {
          ...changes,
          redisOptions: { ...changes?.redisOptions, socketTimeout: BLOCKED_SILENCE_MAX_MS },
        }),
      );
    return { client: cluster, end };
  }
  const client = keep(openOne(options, address, { ...SOCKET, connectionName: name, maxRetriesPerRequest: null }));
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (changes) => keep(duplicate({ ...changes, socketTimeout: BLOCKED_SILENCE_MAX_MS }));
  return { client, end };
}

/** A client of a Cluster that is left while it connects may forget that, and BullMQ does not look after what it has closed. */
function endForGood(client: RedisClient, onError: (error: Error) => void): void {
  const leave = (): void => client.disconnect();
  client.on("error", onError);
  client.on("connect", leave);
  client.on("ready", leave);
  leave();
}

function openOne({ onError }: ConnectOptions, address: Exclude<RedisAddress, ClusterAddress>, options: Options): Redis {
  const all: Options = {
    ...options,
    lazyConnect: true,
    retryStrategy: retryDelayMs,
    reconnectOnError: reconnectWhenReadOnly(),
  };
  const client =
    typeof address === "string" ? new Redis(address, all) : new Redis({ ...all, ...sentinelOptions(address) });
  client.on("error", onError);
  client.on("sentinelError", ({ message }: Error) =>
    onError(
      new Error(
        message.endsWith("invalid reply: null")
          ? `the Sentinels know no master of the name that REDIS_URL gives (${message})`
          : message,
      ),
    ),
  );
  return client;
}

function sentinelOptions({ sentinels, master, database, tls, login, sentinelLogin }: SentinelAddress): Options {
  return {
    sentinels: [...sentinels],
    name: master,
    db: database,
    ...login,
    sentinelUsername: sentinelLogin.username,
    sentinelPassword: sentinelLogin.password,
    sentinelCommandTimeout: ADVICE_TIMEOUT_MS,
    sentinelRetryStrategy: retryDelayMs,
    ...(tls ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  };
}

function openCluster(
  { name, onError }: ConnectOptions,
  { nodes, tls, login }: ClusterAddress,
  redisOptions: Options,
  options: ClusterOptions,
): Cluster {
  const cluster = new Cluster([...nodes], {
    lazyConnect: true,
    clusterRetryStrategy: retryDelayMs,
    slotsRefreshTimeout: ADVICE_TIMEOUT_MS,
    ...options,
    redisOptions: { ...redisOptions, ...login, connectionName: name, ...(tls ? { tls: {} } : {}) },
    // A certificate is for the name of a node, not for its address.
    ...(tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
  });
  cluster.on("error", (error: Error & { readonly lastNodeError?: Error }) =>
    onError(error.lastNodeError === undefined ? error : new Error(`${error.message} ${error.lastNodeError.message}`)),
  );
  cluster.on("node error", onError);
  return cluster;
}
