/**
 * Every Redis key of Posthorn is made here.
 *
 * Keys that one script touches together share a hash tag, so that they live in one slot of a Redis Cluster:
 * `{<namespace>:defs}` the definitions, `{<namespace>:p<n>}` the partition n with its batches and its BullMQ queues,
 * `{<namespace>:i<hash>}` one idempotent request, `{<namespace>:t<token key>}` the OAuth2 token of one webhook.
 */
export interface Keys {
  readonly namespace: string;
  readonly definitions: DefinitionKeys;
  readonly partition: (partition: number) => PartitionKeys;
  /** What the counters of management calls start with: `<this>:<API key id>`, TTL one second. */
  readonly callRate: string;
  /** hash · the record of one idempotent request; TTL: the idempotency window. */
  readonly idempotency: (requestId: string) => string;
  /** string · a webhook's OAuth2 token: its life in seconds, and the token sealed; TTL: its life. */
  readonly token: (tokenKey: string) => string;
  /** string · who fetches that token at the moment; TTL: a fetch's time. */
  readonly tokenLock: (tokenKey: string) => string;
}

export interface DefinitionKeys {
  /** hash · webhook id → definition (JSON). */
  readonly webhooks: string;
  /** string · counts the changes of all definitions and API keys. */
  readonly version: string;
  /** zset · webhook id → version of its last change, deleted ones included; the newest are kept. */
  readonly changes: string;
  /** hash · webhook id → version and what its partition has still to be told. */
  readonly unapplied: string;
  /** zset · API process id → Redis time (ms) of its last check. */
  readonly processes: string;
  /** zset · worker process id → Redis time (ms) of its last heartbeat. */
  readonly workers: string;
  /** hash · API process id → the version that it routes by. */
  readonly confirmed: string;
  /** string · proves that every process holds the same `POSTHORN_SECRET`. */
  readonly secretCheck: string;
  /** hash · id → API key (JSON), with the hash of its text. */
  readonly apiKeys: string;
  /** hash · id of an API key → when (ms) it was last used. */
  readonly apiKeyUses: string;
  /** string · who applies a file of definitions now; TTL: the lock's life. */
  readonly lock: string;
  /** string · the number of the layout that all of this has (see layout.ts). */
  readonly layout: string;
  /** string · who brings the data to another layout now; TTL: the lock's life. */
  readonly layoutLock: string;
  /** zset · webhooks that are deleted when nothing waits for them any more → Redis time (ms) of their deletion. */
  readonly leaving: string;
  /** string · there, while sweeps happen; TTL: three of them. */
  readonly swept: string;
  /** hash · whether everything is paused: `rv` number of the last order, `at` since when (ms), 0 = it is not. */
  readonly pause: string;
  /** string · who has signed in to the console under a token with this digest (JSON); TTL: the session's life. */
  readonly session: (digest: string) => string;
  /** zset · digests of the sessions of one API key → when (ms) they began; TTL: the longest life of a session. */
  readonly sessionsOf: (keyId: string) => string;
  /** string · the time series of everything together (see series-layout.ts); TTL: 25 h from the last traffic. */
  readonly series: string;
  /** hash · partition → the ids of the data of Redis by which it was brought up to the definitions last. */
  readonly reconciled: string;
  /** string · what the doctor writes to see how long that takes; TTL: ten seconds. */
  readonly probe: string;
  /** set · partitions in use. */
  readonly partitions: string;
  /** pub/sub channel · a new version. A hint: whoever misses it polls. */
  readonly channel: string;
}

export interface PartitionKeys {
  /** What every key of the partition starts with; the scripts build theirs from it, see `PARTITION_LUA`. */
  readonly base: string;
  /** zset · webhook id → when (ms) something of it may be due next; `records:<webhook id>` → when records of it go. */
  readonly wake: string;
  /** hash · one chunk: `d` text (a larger event in pieces: `d` `d1` …), or `z` `z1` … packed, `e` packed end offsets, `u` users, `s` the bytes it is counted with, `t` the trace of its request. */
  readonly chunk: (id: string) => string;
  /** set · what is to be let go in slices: the ranges of a large batch, the batches of a deleted webhook. */
  readonly trash: string;
  /** hash · the bytes that the partition stores: `b` chunks and batches, `r` records. */
  readonly usage: string;
  /** zset · batch that will not be tried soon → when (ms) somebody may pack its text. */
  readonly cold: string;
  /** string · until when (ms) nothing of the partition is deleted for its expiry; TTL: the rest of that time. */
  readonly calm: string;
  /** string · until when (ms) nobody looks again for what makes room, since nothing was found; TTL: the rest of that time. */
  readonly futile: string;
  /** zset · webhook with a back-log → the bytes that it takes as it is stored. */
  readonly backlogs: string;
  /** zset · webhook with an open batch → when (ms) that was opened. */
  readonly opened: string;
  /** zset · <webhook>:<kind> of what the operator is to be told → when (ms) somebody may. */
  readonly notices: string;
  /** zset · batch that was given up and is not in a file of the archive yet → when (ms) it was. */
  readonly archive: string;
  /** string · there while workers write files of what is given up; TTL: five minutes from their last sign. */
  readonly archiver: string;
  /** string · as that of the definitions. */
  readonly probe: string;
  /** hash · the pause of everything as the partition was told of it: see the head of `partition.lua`. */
  readonly pause: string;
  /** list · the chunk ranges of one batch, in order: `<chunk>:<first byte>:<end byte>:<events>`. */
  readonly ranges: (batch: string) => string;
  /** hash · one webhook's state in this partition; without it nothing is accepted for the webhook. */
  readonly webhook: (id: string) => string;
  /** hash · one batch. */
  readonly batch: (id: string) => string;
  /** zset · the batches of one webhook that wait without a slot → their seq. */
  readonly ready: (webhook: string) => string;
  /** zset · the batches of one webhook that follow their own schedule → when (ms) they are due. */
  readonly scheduled: (webhook: string) => string;
  /** zset · the batches of one webhook that hold a slot → the end (ms) of their lease or reservation. */
  readonly slots: (webhook: string) => string;
  /** zset · the paused batches of one webhook → their seq. */
  readonly parked: (webhook: string) => string;
  /** zset · the batches of one webhook whose clock runs → when (ms, without its pauses) they expire. */
  readonly expiries: (webhook: string) => string;
  /** zset · the batches of one webhook that failed: an attempt did not succeed, or they expired → when (ms) last. */
  readonly history: (webhook: string) => string;
  /** zset · the batches of one webhook that were discarded or split before an attempt → when (ms). */
  readonly untried: (webhook: string) => string;
  /** list · the record of one batch's attempts, kept 24 h. */
  readonly record: (batch: string) => string;
  /** list · the last first-try successes of one webhook, newest first. */
  readonly successes: (webhook: string) => string;
  /** string · the time series of one webhook (see series-layout.ts); TTL: 25 h from its last traffic. */
  readonly series: (webhook: string) => string;
  /** BullMQ's key prefix for this partition's queues. */
  readonly queuePrefix: string;
}

/** The one-letter kinds of a partition's keys; the same table is handed to the scripts. */
const KIND = {
  wake: "wake",
  chunk: "c:",
  ranges: "r:",
  webhook: "w:",
  batch: "b:",
  ready: "q:",
  urgent: "u:",
  scheduled: "s:",
  slots: "l:",
  parked: "p:",
  expiries: "x:",
  history: "h:",
  untried: "o:",
  record: "a:",
  successes: "k:",
  done: "d:",
  trash: "trash",
  calm: "calm",
  futile: "futile",
  usage: "usage",
  cold: "cold",
  backlogs: "backlogs",
  opened: "opened",
  notices: "notices",
  notice: "n:",
  pause: "pause",
  archive: "archive",
  archiver: "archiver",
  probe: "probe",
  records: "records",
  series: "v:",
} as const;

/** Lua text that gives each script `K.<kind>`, made from the partition's base in `KEYS[1]`. */
export const PARTITION_LUA = [
  "local K = {}",
  ...Object.entries(KIND).map(([name, kind]) => `K.${name} = KEYS[1] .. ":${kind}"`),
].join("\n");

export function createKeys(namespace: string): Keys {
  const defs = `{${namespace}:defs}`;
  return {
    namespace,
    definitions: {
      webhooks: `${defs}:webhooks`,
      version: `${defs}:version`,
      changes: `${defs}:changes`,
      unapplied: `${defs}:unapplied`,
      processes: `${defs}:processes`,
      workers: `${defs}:workers`,
      confirmed: `${defs}:confirmed`,
      secretCheck: `${defs}:secret-check`,
      apiKeys: `${defs}:api-keys`,
      apiKeyUses: `${defs}:api-key-uses`,
      lock: `${defs}:lock`,
      layout: `${defs}:layout`,
      layoutLock: `${defs}:layout-lock`,
      leaving: `${defs}:leaving`,
      swept: `${defs}:swept`,
      pause: `${defs}:pause`,
      session: (digest) => `${defs}:session:${digest}`,
      sessionsOf: (keyId) => `${defs}:sessions-of:${keyId}`,
      series: `${defs}:series`,
      reconciled: `${defs}:reconciled`,
      probe: `${defs}:probe`,
      partitions: `${defs}:partitions`,
      channel: `${defs}:channel`,
    },
    partition: (partition) => {
      const base = `{${namespace}:p${partition}}`;
      return {
        base,
        wake: `${base}:${KIND.wake}`,
        trash: `${base}:${KIND.trash}`,
        usage: `${base}:${KIND.usage}`,
        cold: `${base}:${KIND.cold}`,
        calm: `${base}:${KIND.calm}`,
        futile: `${base}:${KIND.futile}`,
        backlogs: `${base}:${KIND.backlogs}`,
        opened: `${base}:${KIND.opened}`,
        notices: `${base}:${KIND.notices}`,
        pause: `${base}:${KIND.pause}`,
        archive: `${base}:${KIND.archive}`,
        archiver: `${base}:${KIND.archiver}`,
        probe: `${base}:${KIND.probe}`,
        chunk: (id) => `${base}:${KIND.chunk}${id}`,
        ranges: (batch) => `${base}:${KIND.ranges}${batch}`,
        webhook: (id) => `${base}:${KIND.webhook}${id}`,
        batch: (id) => `${base}:${KIND.batch}${id}`,
        ready: (webhook) => `${base}:${KIND.ready}${webhook}`,
        scheduled: (webhook) => `${base}:${KIND.scheduled}${webhook}`,
        slots: (webhook) => `${base}:${KIND.slots}${webhook}`,
        parked: (webhook) => `${base}:${KIND.parked}${webhook}`,
        expiries: (webhook) => `${base}:${KIND.expiries}${webhook}`,
        history: (webhook) => `${base}:${KIND.history}${webhook}`,
        untried: (webhook) => `${base}:${KIND.untried}${webhook}`,
        record: (batch) => `${base}:${KIND.record}${batch}`,
        successes: (webhook) => `${base}:${KIND.successes}${webhook}`,
        series: (webhook) => `${base}:${KIND.series}${webhook}`,
        queuePrefix: `${base}:bull`,
      };
    },
    callRate: `${namespace}:calls`,
    idempotency: (requestId) => `{${namespace}:i${requestId}}`,
    token: (tokenKey) => `{${namespace}:t${tokenKey}}`,
    tokenLock: (tokenKey) => `{${namespace}:t${tokenKey}}:lock`,
  };
}
