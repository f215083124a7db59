import type { Webhook, WebhookId } from "@posthorn/core";
import type { RedisClient } from "./connect.ts";
import type { DefinitionWrite, PartitionApplier } from "./definitions.ts";
import type { Keys } from "./keys.ts";
import { masterOf } from "./masters.ts";
import { guarded } from "./unavailable.ts";

interface ReconcileDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly applier: Pick<PartitionApplier, "revisions">;
  readonly list: () => Promise<Webhook[]>;
  /** Makes the state of a webhook in its partition what its definition says. */
  readonly restore: (id: WebhookId, partition: number) => Promise<boolean>;
  /** Writes the definition as it is under another revision, unless it has changed. */
  readonly rewrite: (webhook: Webhook, revision: number) => Promise<DefinitionWrite>;
}

const WEBHOOKS_AT_ONCE = 500;

/**
 * A replica that becomes a master may lack the last writes. Definitions and partitions may lie on different masters, so
 * that one of them remembers what the other has lost: then the definitions count. Each master has an id of its data, which
 * changes when another one takes over; a partition is looked at once for each pair of ids, and at each restart of Redis.
 */
export async function reconcilePartitions(deps: ReconcileDeps, partitions: readonly number[]): Promise<number> {
  const { redis, keys } = deps;
  const { reconciled } = keys.definitions;
  if (partitions.length === 0) return 0;
  const [known, lineages] = await guarded(
    Promise.all([redis.hmget(reconciled, ...partitions.map(String)), readLineages(deps, partitions)]),
  );
  const changed = partitions.filter((partition, index) => {
    const lineage = lineages.get(partition);
    return lineage !== undefined && lineage !== known[index];
  });
  if (changed.length === 0) return 0;
  const webhooks = await deps.list();
  let differing = 0;
  for (const partition of changed) {
    differing += await reconcile(
      deps,
      partition,
      webhooks.filter((webhook) => webhook.partition === partition),
    );
    await guarded(redis.hset(reconciled, String(partition), lineages.get(partition) ?? ""));
  }
  return differing;
}

/** What the data of the definitions and of each partition are descended from; left out where Redis does not tell, or is away. */
async function readLineages(
  { redis, keys }: ReconcileDeps,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const asked = new Map<string, Promise<string | undefined>>();
  const idOf = async (key: string): Promise<string | undefined> => {
    const master = masterOf(redis, key);
    const id =
      asked.get(master.place) ??
      master.redis.info("replication").then((info) => /^master_replid:(\w+)/m.exec(info)?.[1]);
    asked.set(master.place, id);
    return id;
  };
  const lineages = new Map<number, string>();
  for (const partition of partitions) {
    const wanted = [idOf(keys.definitions.version), idOf(keys.partition(partition).base)];
    const ids = await Promise.all(wanted.map((id) => id.catch(() => undefined)));
    if (ids.every((id) => id !== undefined)) lineages.set(partition, ids.join(" "));
  }
  return lineages;
}

async function reconcile(deps: ReconcileDeps, partition: number, webhooks: readonly Webhook[]): Promise<number> {
  let differing = 0;
  for (let from = 0; from < webhooks.length; from += WEBHOOKS_AT_ONCE) {
    const slice = webhooks.slice(from, from + WEBHOOKS_AT_ONCE);
    const revisions = await deps.applier.revisions(
      slice.map(({ id }) => id),
      partition,
    );
    for (const [index, webhook] of slice.entries()) {
      const revision = revisions[index];
      if (revision === webhook.revision) continue;
      differing += 1;
      // The partition would take an older revision for out of date.
      if (revision !== undefined && revision > webhook.revision) await deps.rewrite(webhook, revision + 1);
      else await deps.restore(webhook.id, partition);
    }
  }
  return differing;
}
