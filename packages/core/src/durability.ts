/** What an acknowledged event is to survive, beyond what Redis does by itself. */
export type Durability =
  | { readonly kind: "as-found" }
  | { readonly kind: "fsync" }
  | { readonly kind: "replica"; readonly replicas: number };

/** What of a Redis decides on what an acknowledged event survives; `undefined` where it does not tell. */
export interface RedisPersistence {
  readonly version: string;
  readonly appendOnly: boolean | undefined;
  readonly appendFsync: string | undefined;
  readonly snapshots: boolean | undefined;
  /** That are connected now. */
  readonly replicas: number;
}

/** What can be relied on wherever it is stored: the least that one of several masters does. */
export function weakestPersistence([first, ...others]: readonly [
  RedisPersistence,
  ...RedisPersistence[],
]): RedisPersistence {
  return others.reduce(
    (a, b) => ({
      version: compareVersions(a.version, b.version) <= 0 ? a.version : b.version,
      appendOnly: both(a.appendOnly, b.appendOnly),
      appendFsync: FSYNC_WEAKEST_FIRST.find((setting) => setting === a.appendFsync || setting === b.appendFsync),
      snapshots: both(a.snapshots, b.snapshots),
      replicas: Math.min(a.replicas, b.replicas),
    }),
    first,
  );
}

/** One that is hidden may be as weak as any. */
const FSYNC_WEAKEST_FIRST = [undefined, "no", "everysec", "always"];

function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

function compareVersions(a: string, b: string): number {
  const numbers = (version: string): number[] => version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [numbers(a), numbers(b)];
  const index = left.findIndex((part, at) => part !== (right[at] ?? 0));
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

/** What an append waits for before its events are acknowledged. */
export type Confirmation =
  /** Redis' answer: it does the rest itself. */
  | { readonly kind: "answer" }
  /** `WAITAOF` */
  | { readonly kind: "fsync" }
  /** `WAIT` */
  | { readonly kind: "replicas"; readonly replicas: number }
  /** This Redis cannot do what is asked for. */
  | { readonly kind: "refused"; readonly why: string };

/** Decides what appends wait for on this Redis. */
export function chooseConfirmation(durability: Durability, redis: RedisPersistence): Confirmation {
  switch (durability.kind) {
    case "as-found":
      return { kind: "answer" };
    case "replica":
      return { kind: "replicas", replicas: durability.replicas };
    case "fsync":
      return confirmFsync(redis);
  }
}

function confirmFsync({ version, appendOnly, appendFsync }: RedisPersistence): Confirmation {
  const refused = (found: string, cure: string): Confirmation => ({
    kind: "refused",
    why: `DURABILITY=fsync cannot be kept by this Redis ${version}: ${found}. ${cure}`,
  });
  if (appendOnly === false) {
    return refused("it has appendonly no", "Set appendonly yes, and appendfsync always");
  }
  // The system decides then when to write, which may be half a minute later.
  if (appendFsync === "no") return refused("it has appendfsync no", "Set appendfsync always");
  if (hasWaitAof(version)) return { kind: "fsync" };
  if (appendFsync === "always") return { kind: "answer" };
  return refused(
    `it has no WAITAOF, and ${appendFsync === undefined ? "does not show its appendfsync" : `appendfsync ${appendFsync}`}`,
    "Set appendfsync always, or use Redis 7.2 or newer",
  );
}

/**
 * Why an append that waits for no more than Redis' answer is no longer on disk then, as `DURABILITY=fsync` wants it;
 * `undefined` = it is. Redis may be told otherwise while it runs, or be another one after a failover.
 */
export function fsyncRefusal(redis: RedisPersistence): string | undefined {
  const confirmation = confirmFsync(redis);
  switch (confirmation.kind) {
    case "refused":
      return confirmation.why;
    case "fsync":
      return redis.appendFsync === "always"
        ? undefined
        : `DURABILITY=fsync is not kept on a Redis that was replaced by version ${redis.version}: set appendfsync always there, or start the API anew`;
    case "answer":
    case "replicas":
      return undefined;
  }
}

function hasWaitAof(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 7 || (major === 7 && minor >= 2);
}

/** Whether an acknowledged event is on Redis' disk; `undefined` = this Redis does not show it. */
export function isOnDisk(durability: Durability, redis: RedisPersistence): boolean | undefined {
  if (chooseConfirmation(durability, redis).kind === "fsync") return true;
  if (redis.appendOnly !== true) return redis.appendOnly;
  return redis.appendFsync === undefined ? undefined : redis.appendFsync === "always";
}

/** What an acknowledged event survives, in words. */
export function describeDurability(durability: Durability, redis: RedisPersistence): string {
  const confirmation = chooseConfirmation(durability, redis);
  switch (confirmation.kind) {
    case "refused":
      return `${describeFsync(redis)}; ${confirmation.why}`;
    case "fsync":
      return "an acknowledged event survives a crash of Redis and of its machine (DURABILITY=fsync: the answer waits for WAITAOF)";
    case "replicas": {
      const { replicas } = confirmation;
      return `${describeFsync(redis)}; it survives the loss of this Redis where a replica that has it takes over (DURABILITY=replica:${replicas}: the answer waits for ${replicas} by WAIT; ${redis.replicas} connected)`;
    }
    case "answer":
      return redis.replicas === 0
        ? describeFsync(redis)
        : `${describeFsync(redis)}; a replica that takes over may lack it (${redis.replicas} connected, none is waited for)`;
  }
}

function describeFsync({ appendOnly, appendFsync, snapshots }: RedisPersistence): string {
  if (appendOnly === undefined || (appendOnly ? appendFsync : snapshots) === undefined) {
    return "unknown: this Redis does not show its settings (CONFIG is refused)";
  }
  if (!appendOnly) {
    return snapshots
      ? "acknowledged events since the last snapshot are lost when Redis stops or crashes (no AOF)"
      : "acknowledged events are lost when Redis stops or crashes (it persists nothing)";
  }
  switch (appendFsync ?? "") {
    case "always":
      return "an acknowledged event survives a crash of Redis and of its machine (AOF, fsync before every answer)";
    case "everysec":
      return "an acknowledged event may be lost when Redis or its machine crashes within about a second (AOF, fsync every second)";
    default:
      return "an acknowledged event may be lost when the machine of Redis crashes (AOF, fsync left to the system)";
  }
}
