import { sizeText } from "./size-text.ts";

/** How much of Redis' memory the store may fill; the rest is for queues, idempotency and Redis itself. */
const TOTAL_SHARE = 0.6;
/** How much of that one webhook may reference. */
const WEBHOOK_SHARE = 0.75;
/** Above this share of the limit, what helps nobody soon has to make room. */
const HIGH_SHARE = 0.75;
/** What a Redis without `maxmemory` is taken to have, of its machine's memory; `npm start` gives its own as much. */
const MACHINE_SHARE = 0.4;

/** A setting above this share of `maxmemory` may never be reached: Redis is full before. */
const SETTING_SHARE_MAX = 0.8;

/** The memory of a Redis. */
export interface RedisMemory {
  /** `maxmemory`; 0 = unlimited. */
  readonly maxBytes: number;
  /** Of its machine; 0 = it does not tell. */
  readonly machineBytes: number;
}

/** What somebody set instead of the defaults. */
export interface BacklogSettings {
  readonly totalBytes: number | undefined;
  readonly webhookBytes: number | undefined;
}

/** How much the store takes in, and where that limit comes from. */
export interface BacklogLimits {
  readonly totalBytes: number;
  readonly webhookBytes: number;
  readonly basis: "setting" | "setting-too-high" | "maxmemory" | "machine";
}

/** The limits of the store on this Redis; `undefined` when there is nothing to tell them by. */
export function backlogLimits(settings: BacklogSettings, memory: RedisMemory | undefined): BacklogLimits | undefined {
  const total = totalLimit(settings.totalBytes, memory);
  if (total === undefined) return undefined;
  return { ...total, webhookBytes: settings.webhookBytes ?? Math.floor(total.totalBytes * WEBHOOK_SHARE) };
}

function totalLimit(
  setting: number | undefined,
  memory: RedisMemory | undefined,
): Pick<BacklogLimits, "totalBytes" | "basis"> | undefined {
  if (setting !== undefined) {
    const isTooHigh = memory !== undefined && memory.maxBytes > 0 && setting > memory.maxBytes * SETTING_SHARE_MAX;
    return { totalBytes: setting, basis: isTooHigh ? "setting-too-high" : "setting" };
  }
  if (memory === undefined) return undefined;
  const { maxBytes, machineBytes } = memory;
  if (maxBytes > 0) return { totalBytes: Math.floor(maxBytes * TOTAL_SHARE), basis: "maxmemory" };
  if (machineBytes > 0) return { totalBytes: Math.floor(machineBytes * MACHINE_SHARE * TOTAL_SHARE), basis: "machine" };
  return undefined;
}

/** How full a store is, or what one of its masters holds. */
export interface BacklogFill {
  readonly usedBytes: number;
  readonly limits: BacklogLimits;
}

/** How full the store is that several masters make up. */
export interface BacklogView extends BacklogFill {
  readonly masters: number;
  /** Events for what it holds are refused first. */
  readonly fullest: BacklogFill;
}

/** What the masters hold together. */
export function viewBacklog(masters: readonly [BacklogFill, ...BacklogFill[]]): BacklogView {
  const sum = (of: (fill: BacklogFill) => number): number => masters.reduce((total, fill) => total + of(fill), 0);
  const [first] = masters;
  return {
    usedBytes: sum(({ usedBytes }) => usedBytes),
    limits: {
      totalBytes: sum(({ limits }) => limits.totalBytes),
      webhookBytes: Math.min(...masters.map(({ limits }) => limits.webhookBytes)),
      basis: LEAST_RELIABLE.find((basis) => masters.some(({ limits }) => limits.basis === basis)) ?? first.limits.basis,
    },
    masters: masters.length,
    fullest: masters.reduce((fullest, fill) => (shareUsed(fill) > shareUsed(fullest) ? fill : fullest), first),
  };
}

const LEAST_RELIABLE: readonly BacklogLimits["basis"][] = ["setting-too-high", "machine", "maxmemory", "setting"];

function shareUsed({ usedBytes, limits }: BacklogFill): number {
  return usedBytes / limits.totalBytes;
}

/** What one partition may store. */
export interface BacklogShare {
  /** From here on it takes nothing in. */
  readonly backlogMaxBytes: number;
  /** From here on it makes room. */
  readonly backlogHighBytes: number;
  readonly webhookBacklogMaxBytes: number;
}

/**
 * The share of a partition: what the others left when they were looked at last. Where the store is too full, each
 * partition makes room in proportion to what it holds, so that together they do not delete more than is needed.
 */
export function backlogShare(
  { totalBytes, webhookBytes }: BacklogLimits,
  usedBytes: ReadonlyMap<number, number>,
  partition: number,
): BacklogShare {
  const used = totalOf(usedBytes);
  const own = usedBytes.get(partition) ?? 0;
  const others = used - own;
  const highBytes = totalBytes * HIGH_SHARE;
  return {
    backlogMaxBytes: Math.max(0, totalBytes - others),
    backlogHighBytes: Math.floor(used > highBytes ? (own * highBytes) / used : highBytes - others),
    webhookBacklogMaxBytes: webhookBytes,
  };
}

/** The sum over the partitions. */
export function totalOf(usedBytes: ReadonlyMap<number, number>): number {
  return [...usedBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** How full the store is, and what its limit is owed to, in words. */
export function describeBacklog({ masters, fullest }: Pick<BacklogView, "masters" | "fullest">): string {
  const { totalBytes, basis } = fullest.limits;
  const percent = Math.round(100 * shareUsed(fullest));
  const where = masters === 1 ? "" : `, on the fullest of ${masters} masters`;
  return `${percent} % of ${sizeText(totalBytes)}${where} (${BASES[basis]})`;
}

/** What to warn of at the start where the limits are not to be relied on. */
export function backlogWarning({
  basis,
}: BacklogLimits): "backlog.limit-guessed" | "backlog.limit-too-high" | undefined {
  switch (basis) {
    case "machine":
      return "backlog.limit-guessed";
    case "setting-too-high":
      return "backlog.limit-too-high";
    case "setting":
    case "maxmemory":
      return undefined;
  }
}

const BASES: Readonly<Record<BacklogLimits["basis"], string>> = {
  setting: "BACKLOG_MAX_BYTES",
  "setting-too-high":
    "BACKLOG_MAX_BYTES, which is more than 80 % of Redis' maxmemory, so that Redis may be full before: unset it, or raise maxmemory",
  maxmemory: "60 % of Redis' maxmemory",
  machine:
    "24 % of the memory of Redis' machine, since Redis has no maxmemory: set that, with maxmemory-policy noeviction, or BACKLOG_MAX_BYTES; a limit of the container that Redis runs in is not seen",
};
