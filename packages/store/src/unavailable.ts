/** Redis is away, out of memory, read-only or too slow. Whether a command that was under way took effect is unknown. */
export class StoreUnavailableError extends Error {
  constructor(cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(`Redis cannot serve this now: ${detail}`, { cause });
    this.name = "StoreUnavailableError";
  }
}

/** Redis' own words for "not now": out of memory, read-only replica, still loading, cluster moving, script busy. */
const NOT_NOW = /^(?:OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS|MISCONF|UNBLOCKED|NOAUTH)\b/;

/** Before Redis 7 a script that was refused a command wraps these words. */
const REFUSED_IN_SCRIPT = /^ERR Error running script .*: -(?=[A-Z])/;

/** What ioredis and the platform say when there is no usable connection. */
const NO_CONNECTION =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|Connection is closed|Command timed out|max retries per request|isn't writeable|Stream.*(closed|destroyed)|All sentinels are unreachable|ClusterAllFailedError/i;

/** Turns the many ways in which Redis can be away into one error; anything else is a bug and passes through. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailableError) return error;
  return NOT_NOW.test(redisWords(error)) || NO_CONNECTION.test(`${error.name} ${error.message}`)
    ? new StoreUnavailableError(error)
    : error;
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
