import { DomainError, WEBHOOK_DEFAULTS } from "@posthorn/core";
import type { Webhook, WebhookId } from "@posthorn/core";
import type { Durably } from "./confirmed-places.ts";
import type { RedisClient } from "./connect.ts";
import type { DefinitionChange, Definitions, DefinitionWrite, PartitionApplier } from "./definitions.ts";
import type { Keys } from "./keys.ts";
import { redisNowMs, watchPlace } from "./masters.ts";
import { reconcilePartitions } from "./reconcile-partitions.ts";
import { confirmVersion } from "./scripts/confirm-version.ts";
import { clearUnapplied } from "./scripts/clear-unapplied.ts";
import { replaceIfEqual } from "./scripts/replace-if-equal.ts";
import { unconfirmedProcesses } from "./scripts/unconfirmed-processes.ts";
import { parseUnapplied, writeDefinition } from "./scripts/write-definition.ts";
import type { Unapplied } from "./scripts/write-definition.ts";
import { subscribeTo } from "./subscription.ts";
import { asUnavailable } from "./unavailable.ts";

/** Changes looked up one by one; beyond it everything is read at once. */
const INCREMENT_MAX = 1_000;
/** More than `INCREMENT_MAX`, so whoever is so far behind that a change is forgotten reads everything. */
const CHANGES_KEPT = 10_000;
/** For this long after it was let go, an API process that does not know yet may still append for a webhook. */
const LEAVING_MIN_MS = 10_000;

interface DefinitionsOptions {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly applier: PartitionApplier;
  /** A new connection, for a subscription of its own. */
  readonly subscribe: () => RedisClient;
  /** What was changed is told of when it is as durable as asked for. */
  readonly durably?: Durably;
  /** The time by which heartbeats grow old; Redis' own unless given. */
  readonly nowMs?: () => number;
}

export function createDefinitions({
  redis,
  keys: allKeys,
  applier,
  subscribe,
  durably = (_key, work) => work(redis),
  nowMs,
}: DefinitionsOptions): Definitions {
  const keys = allKeys.definitions;

  const now = async (): Promise<number> => nowMs?.() ?? guarded(redisNowMs(redis, keys.leaving));

  const get = async (id: WebhookId): Promise<Webhook | undefined> => {
    const text = await guarded(redis.hget(keys.webhooks, id));
    return text === null ? undefined : parse(text);
  };

  /** Tells the partition, then strikes the note off unless the definition was changed again meanwhile. */
  const apply = async (id: WebhookId, version: number, { partition, drain }: Unapplied): Promise<void> => {
    const webhook = await get(id);
    if (webhook === undefined) await applier.forget(id, partition);
    else {
      await applier.configure(webhook, { drain });
      // Deleted meanwhile: the state just written must not outlive that.
      if ((await get(id)) === undefined) await applier.forget(id, partition);
    }
    await clearUnapplied(redis, keys, id, version);
  };

  const write = async (
    id: WebhookId,
    webhook: Webhook | undefined,
    expectedRevision: number | undefined,
    unapplied: Unapplied,
  ): Promise<DefinitionWrite> => {
    const definition = webhook === undefined ? undefined : JSON.stringify(webhook);
    const result = await durably(keys.webhooks, (connection) =>
      writeDefinition(connection, keys, { id, definition, expectedRevision, unapplied, changesKept: CHANGES_KEPT }),
    );
    if (result.kind !== "written") return result;
    await apply(id, result.version, result.unapplied);
    return { kind: "written", version: result.version };
  };

  const list = async (): Promise<Webhook[]> => {
    const texts = await guarded(redis.hvals(keys.webhooks));
    return texts.map(parse).toSorted((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
  };

  const restore: Definitions["restore"] = async (id, partition) => {
    const webhook = await get(id);
    if (webhook?.partition !== partition) return false;
    await applier.configure(webhook, { drain: false });
    // Deleted meanwhile: the state just written must not outlive that.
    if ((await get(id))?.partition === partition) return true;
    await applier.forget(id, partition);
    return false;
  };

  const partitions = async (): Promise<number[]> => (await guarded(redis.smembers(keys.partitions))).map(Number);

  const visible = (webhook: Webhook | undefined): Webhook | undefined =>
    webhook?.leaving === true ? undefined : webhook;

  /** Puts a new webhook in the place of one that is leaving under the same id; its waiting batches are the new one's. */
  const takePlace = async (webhook: Webhook): Promise<DefinitionWrite> => {
    const before = await get(webhook.id);
    if (before?.leaving !== true) return { kind: "conflict" };
    const { partition, revision } = before;
    return write(webhook.id, { ...webhook, partition, revision: revision + 1 }, revision, { partition, drain: true });
  };

  const version = async (): Promise<number> => Number((await guarded(redis.get(keys.version))) ?? 0);

  return {
    create: async (webhook) => {
      const { id, partition } = webhook;
      // What a deleted webhook of this id left untold concerns its own partition, which may be another one.
      const note = await guarded(redis.hget(keys.unapplied, id));
      if (note !== null) {
        const { version: noted, unapplied } = parseUnapplied(note);
        await apply(id, noted, unapplied);
      }
      // Revisions never start over under an id: whoever remembers an earlier webhook must see that this one is newer.
      // No revision is above the version, since each change of a definition counts both up.
      const revision = (await version()) + 1;
      const created = await write(id, { ...webhook, revision }, 0, { partition, drain: false });
      const result = created.kind === "conflict" ? await takePlace(webhook) : created;
      if (result.kind === "written") return result.version;
      throw new DomainError("INVALID", [{ message: `A webhook with the id ${id} exists already: update that one` }]);
    },
    get: async (id) => visible(await get(id)),
    getForAttempt: get,
    list: async () => (await list()).filter((webhook) => !webhook.leaving),
    letGo: async (id) => {
      for (;;) {
        const webhook = visible(await get(id));
        if (webhook === undefined) return { kind: "missing" };
        // First the note, so that a crash in between leaves nothing that nobody deletes.
        await guarded(redis.zadd(keys.leaving, await now(), id));
        const { partition, revision } = webhook;
        const left: Webhook = { ...webhook, revision: revision + 1, leaving: true, events: [], paused: false };
        const result = await write(id, left, revision, { partition, drain: false });
        if (result.kind !== "conflict") return result;
      }
    },
    removeLeft: async () => {
      const until = (await now()) - LEAVING_MIN_MS;
      const ids = (await guarded(redis.zrangebyscore(keys.leaving, "-inf", until))) as WebhookId[];
      let removed = 0;
      await forEach(ids, "could not be removed", async (id) => {
        const webhook = await get(id);
        if (webhook?.leaving === true) {
          if (!(await applier.isIdle(id, webhook.partition))) return;
          const { partition, revision } = webhook;
          const result = await write(id, undefined, revision, { partition, drain: false });
          // Somebody took its place, or let it go once more, at this moment: the next sweep sees.
          if (result.kind === "conflict") return;
          if (result.kind === "written") removed++;
        }
        await guarded(redis.zrem(keys.leaving, id));
      });
      return removed;
    },
    update: (webhook, { drain }) =>
      write(webhook.id, webhook, webhook.revision - 1, { partition: webhook.partition, drain }),
    remove: async (id) => {
      const webhook = await get(id);
      if (webhook === undefined) return { kind: "missing" };
      return write(id, undefined, undefined, { partition: webhook.partition, drain: false });
    },
    version,
    epoch: watchPlace(redis, keys.version),
    changesSince: async (since) => {
      const current = await version();
      const ids = since === 0 ? [] : await guarded(redis.zrangebyscore(keys.changes, `(${since}`, "+inf"));
      if (since === 0 || ids.length > INCREMENT_MAX) {
        const all = await list();
        return { version: current, complete: true, changes: all.map((webhook) => ({ id: webhook.id, webhook })) };
      }
      if (ids.length === 0) return { version: current, complete: false, changes: [] };
      const texts = await guarded(redis.hmget(keys.webhooks, ...ids));
      const changes = ids.map((id, index): DefinitionChange => {
        const text = texts[index];
        return { id: id as WebhookId, webhook: text === null || text === undefined ? undefined : parse(text) };
      });
      return { version: current, complete: false, changes };
    },
    confirm: (processId, known) => confirmVersion(redis, keys, processId, known, nowMs?.()),
    leave: async (processId) => {
      await guarded(redis.multi().zrem(keys.processes, processId).hdel(keys.confirmed, processId).exec());
    },
    isConfirmedByAll: async (wanted) => (await unconfirmedProcesses(redis, keys, wanted, nowMs?.())) === 0,
    onChange: (callback) => subscribeTo(subscribe(), keys.channel, (text) => callback(Number(text))),
    applyUnapplied: async () => {
      const notes = await guarded(redis.hgetall(keys.unapplied));
      const ids = Object.keys(notes) as WebhookId[];
      await forEach(ids, "could not be brought up to its definition", async (id) => {
        const { version: noted, unapplied } = parseUnapplied(notes[id] ?? "");
        await apply(id, noted, unapplied);
      });
      return ids.length;
    },
    restore,
    reconcile: async () =>
      reconcilePartitions(
        {
          redis,
          keys: allKeys,
          applier,
          list,
          restore,
          rewrite: (webhook, revision) =>
            write(webhook.id, { ...webhook, revision }, webhook.revision, {
              partition: webhook.partition,
              drain: false,
            }),
        },
        await partitions(),
      ),
    forgetUndefined: async (id, partition) => {
      if ((await get(id))?.partition === partition) return;
      await applier.forget(id, partition);
      // Made anew meanwhile.
      await restore(id, partition);
    },
    secretCheck: async (check) => {
      const known = await guarded(redis.get(keys.secretCheck));
      // A Redis that is full refuses the write, even where there is nothing to write.
      if (known !== null) return known;
      await guarded(redis.setnx(keys.secretCheck, check));
      return (await guarded(redis.get(keys.secretCheck))) ?? check;
    },
    replaceSecretCheck: (before, check) => replaceIfEqual(redis, keys.secretCheck, before, check),
    partitions,
  };
}

/** One webhook for which it fails keeps no other waiting; then the first of them is named. */
async function forEach(
  ids: readonly WebhookId[],
  failed: string,
  work: (id: WebhookId) => Promise<void>,
): Promise<void> {
  const failures: Error[] = [];
  for (const id of ids) {
    try {
      await work(id);
    } catch (error) {
      failures.push(new Error(`webhook ${id} ${failed}`, { cause: error }));
    }
  }
  if (failures[0] !== undefined) throw failures[0];
}

/** What an older release stored lacks the fields that came later. */
function parse(text: string): Webhook {
  return { ...WEBHOOK_DEFAULTS, ...(JSON.parse(text) as Webhook) };
}

async function guarded<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw asUnavailable(error);
  }
}
