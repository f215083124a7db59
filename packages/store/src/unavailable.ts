/** Redis is away, out of memory, read-only or too slow. Whether a command that was under way took effect is unknown. */
export class StoreUnavailableError extends Error {
  constructor(cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(`Redis cannot serve this now: ${detail}`, { cause });
    this.name = "StoreUnavailableError";
  }
}

/** Redis' own words for "not now": out of memory, read-only replica, still loading, cluster moving, script busy. */
const NOT_NOW =
  /^(?:OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|NOREPLICAS|MISCONF|UNBLOCKED|NOAUTH)\b/;

/** What is said of a Cluster in which a share moves, or a master is missing. */
const CLUSTER_MOVES = /Too many Cluster redirections|non local key in a cluster node|while the cluster is down/;

/** Before Redis 7 a script that was refused a command wraps these words. */
const REFUSED_IN_SCRIPT = /^ERR Error running script .*: -(?=[A-Z])/;

/** What ioredis and the platform say when there is no usable connection. */
const NO_CONNECTION =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|Connection is closed|Command timed out|max retries per request|isn't writeable|Stream.*(closed|destroyed)|All sentinels are unreachable|ClusterAllFailedError|None of startup nodes|Cluster is ended|Cluster isn't ready/i;

/** Turns the many ways in which Redis can be away into one error; anything else is a bug and passes through. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailableError) return error;
  const isAway =
    NOT_NOW.test(redisWords(error)) ||
    CLUSTER_MOVES.test(error.message) ||
    NO_CONNECTION.test(`${error.name} ${error.message}`);
  return isAway ? new StoreUnavailableError(error) : error;
}

/** What Redis said of an error, also where a script stands between. */
export function redisWords({ message }: Error): string {
  return message.replace(REFUSED_IN_SCRIPT, "");
}

/** Waits for a command of Redis; throws `StoreUnavailableError` when it failed because Redis is away. */
export async function guarded<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw asUnavailable(error);
  }
}
