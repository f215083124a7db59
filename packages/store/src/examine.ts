import { setTimeout as delay } from "node:timers/promises";
import { backlogLimits, chooseConfirmation, viewBacklog, WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { BacklogFill, BacklogSettings, BacklogView, Durability, Webhook } from "@posthorn/core";
import { askClusterNodes } from "./ask-cluster-nodes.ts";
import { connect } from "./connect.ts";
import type { RedisClient } from "./connect.ts";
import { examineMaster } from "./examine-master.ts";
import type { MasterExamination } from "./examine-master.ts";
import { inspectRedis } from "./inspect.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { readLayout } from "./layout.ts";
import { isOneMaster, masterOf, mastersOf } from "./masters.ts";
import { createProcesses } from "./processes.ts";
import type { ReleaseCount } from "./processes.ts";
import { isCluster } from "./redis-address.ts";
import type { RedisAddress } from "./redis-address.ts";
import { createSweeps } from "./sweep.ts";
import { createReadStats } from "./webhook-stats.ts";
import type { WebhookStats } from "./webhook-stats.ts";

/** Everything that a doctor wants to know of the store. Nothing of it is changed. */
export interface StoreExamination {
  readonly redis: RedisExamination;
  /** While a master of a Cluster is away, what is stored cannot all be read. */
  readonly data: ({ readonly kind: "read" } & DataExamination) | { readonly kind: "unreadable"; readonly why: string };
}

/** Redis itself. */
export interface RedisExamination {
  readonly masters: readonly MasterExamination[];
  /** Masters that do not answer. */
  readonly away: readonly string[];
  /** How many of a Cluster's slots have a master that serves them, as one of these says; `undefined` = it is no Cluster. */
  readonly slotsServed: number | undefined;
  /** What an acknowledged event survives, in words. */
  readonly durability: string;
  /** Why `DURABILITY` cannot be kept here; `undefined` = it can. */
  readonly durabilityRefusal: string | undefined;
}

/** What is stored, and who works with it. */
export interface DataExamination {
  /** 0 = none is noted. */
  readonly layout: number;
  /** `undefined` = nothing is sealed yet. */
  readonly secretCheck: string | undefined;
  readonly processes: readonly ReleaseCount[];
  readonly sweepsAreLate: boolean;
  /** `undefined` = nothing tells how much the store may take in. */
  readonly backlog: BacklogView | undefined;
  readonly webhooks: readonly { readonly webhook: Webhook; readonly stats: WebhookStats }[];
  readonly pausedSinceMs: number | undefined;
  /** Batches that were given up and wait for a file, and whether somebody writes such files; `undefined` = nobody had to. */
  readonly setAside: { readonly batches: number; readonly isWritten: boolean | undefined };
}

interface ExamineOptions {
  readonly address: RedisAddress;
  readonly namespace?: string;
  readonly durability: Durability;
  readonly backlog: BacklogSettings;
}

const CONNECTED_WITHIN_MS = 5_000;

/** Connects, looks at everything and leaves. Throws when Redis is away. */
export async function examineStore(options: ExamineOptions): Promise<StoreExamination> {
  let lastError: Error | undefined;
  const redis = connect({
    address: options.address,
    name: "posthorn-doctor",
    onError: (error) => (lastError = error),
  });
  try {
    await reach(redis);
    return await examine(redis, options);
  } catch (error) {
    if (isCluster(options.address)) throw new Error(await askClusterNodes(options.address), { cause: error });
    throw lastError ?? error;
  } finally {
    redis.disconnect();
  }
}

async function reach(redis: RedisClient): Promise<void> {
  const patience = new AbortController();
  const tooLate = delay(CONNECTED_WITHIN_MS, undefined, { signal: patience.signal }).then(
    () => Promise.reject(new Error(`no answer within ${CONNECTED_WITHIN_MS / 1_000} s`)),
    () => undefined,
  );
  try {
    await Promise.race([redis.connect(), tooLate]);
    // What is sent while the connection to a master of a Cluster is being made fails.
    await Promise.race([Promise.allSettled(mastersOf(redis).map((master) => master.redis.ping())), tooLate]);
  } finally {
    patience.abort();
  }
}

async function examine(redis: RedisClient, options: ExamineOptions): Promise<StoreExamination> {
  const keys = createKeys(options.namespace ?? "posthorn");
  const found = await examineRedis(redis, keys, options);
  try {
    return { redis: found, data: { kind: "read", ...(await examineData(redis, keys, options, found.masters)) } };
  } catch (error) {
    return { redis: found, data: { kind: "unreadable", why: error instanceof Error ? error.message : String(error) } };
  }
}

async function examineRedis(
  redis: RedisClient,
  keys: Keys,
  { durability }: Pick<ExamineOptions, "durability">,
): Promise<RedisExamination> {
  const inspection = await inspectRedis(redis, durability);
  const confirmation = chooseConfirmation(durability, inspection.persistence);
  const asked = mastersOf(redis);
  const answers = await Promise.allSettled(
    asked.map((master) =>
      examineMaster(master, {
        probeKey: probeKeyOn(redis, keys, master.place),
        confirmation: confirmation.kind,
      }),
    ),
  );
  return {
    masters: answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])),
    away: asked.flatMap(({ place }, index) => (answers[index]?.status === "rejected" ? [place] : [])),
    slotsServed: await readSlotsServed(redis),
    durability: inspection.durability,
    durabilityRefusal: confirmation.kind === "refused" ? confirmation.why : undefined,
  };
}

async function examineData(
  redis: RedisClient,
  keys: Keys,
  { address, backlog }: Pick<ExamineOptions, "address" | "backlog">,
  masters: readonly MasterExamination[],
): Promise<DataExamination> {
  const { definitions } = keys;
  const partitions = (await redis.smembers(definitions.partitions)).map(Number);
  const webhooks = (await redis.hvals(definitions.webhooks)).map((text): Webhook => ({
    ...WEBHOOK_DEFAULTS,
    ...(JSON.parse(text) as Webhook),
  }));
  const stats = await createReadStats({ redis, keys })(webhooks);
  return {
    layout: await readLayout(redis, keys),
    secretCheck: (await redis.get(definitions.secretCheck)) ?? undefined,
    processes: await createProcesses({ redis, keys }).byRelease(),
    sweepsAreLate: await createSweeps({ redis, address, keys }).areLate(),
    backlog: await readBacklog(redis, keys, { masters, partitions, settings: backlog }),
    webhooks: webhooks.flatMap((webhook, index) => {
      const own = stats[index];
      return own === undefined ? [] : [{ webhook, stats: own }];
    }),
    pausedSinceMs: Number(await redis.hget(definitions.pause, "at")) || undefined,
    setAside: await readSetAside(redis, keys, partitions),
  };
}

async function readSlotsServed(redis: RedisClient): Promise<number | undefined> {
  if (isOneMaster(redis)) return undefined;
  const answers = await Promise.allSettled(mastersOf(redis).map((master) => master.redis.cluster("INFO")));
  const served = answers.flatMap((answer) =>
    answer.status === "fulfilled" ? [Number(/^cluster_slots_ok:(\d+)/m.exec(answer.value)?.[1] ?? 0)] : [],
  );
  return Math.min(...served);
}

const PARTITIONS_MAX = 256;

/** A key that is on this master, as those of some partition are, in use or not. */
function probeKeyOn(redis: RedisClient, keys: Keys, place: string): string {
  const partitions = Array.from({ length: PARTITIONS_MAX }, (_, partition) => keys.partition(partition).probe);
  return [keys.definitions.probe, ...partitions].find((key) => isOn(redis, key, place)) ?? keys.definitions.probe;
}

function isOn(redis: RedisClient, key: string, place: string): boolean {
  try {
    return masterOf(redis, key).place === place;
  } catch {
    // Its own one is away.
    return false;
  }
}

async function readBacklog(
  redis: RedisClient,
  keys: Keys,
  {
    masters,
    partitions,
    settings,
  }: {
    readonly masters: readonly MasterExamination[];
    readonly partitions: readonly number[];
    readonly settings: BacklogSettings;
  },
): Promise<BacklogView | undefined> {
  const used = new Map<string, number>();
  for (const partition of partitions) {
    const { usage } = keys.partition(partition);
    const [batches, records] = await redis.hmget(usage, "b", "r");
    const { place } = masterOf(redis, usage);
    used.set(place, (used.get(place) ?? 0) + Number(batches) + Number(records));
  }
  const fills = masters.flatMap(({ place, maxMemoryBytes, machineMemoryBytes }): BacklogFill[] => {
    const limits = backlogLimits(settings, { maxBytes: maxMemoryBytes, machineBytes: machineMemoryBytes });
    return limits === undefined ? [] : [{ usedBytes: used.get(place) ?? 0, limits }];
  });
  const [first, ...others] = fills;
  return first === undefined ? undefined : viewBacklog([first, ...others]);
}

async function readSetAside(
  redis: RedisClient,
  keys: Keys,
  partitions: readonly number[],
): Promise<DataExamination["setAside"]> {
  const found = await Promise.all(
    partitions.map(async (partition) => {
      const { archive, archiver } = keys.partition(partition);
      return { batches: await redis.zcard(archive), isWritten: (await redis.exists(archiver)) === 1 };
    }),
  );
  return {
    batches: found.reduce((sum, { batches }) => sum + batches, 0),
    isWritten: found.length === 0 ? undefined : found.every(({ isWritten }) => isWritten),
  };
}
