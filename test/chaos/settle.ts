import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { createKeys } from "../../packages/store/src/keys.ts";
import { auditPartition } from "../support/audit-partition.ts";
import { leftOver } from "../support/left-over.ts";
import type { Installation } from "./installation/installation.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Registered } from "./management.ts";

/** 15 s are promised after the end of a fault; this leaves room for a busy machine and the start of processes. */
const RECOVERY_MS = 45_000;
const LOOK_EVERY_MS = 200;

const keys = createKeys("posthorn");

/** Waits for a condition; resolves to whether it came true in time. */
export async function becomesTrue(
  probe: () => Promise<boolean> | boolean,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    if (await probe()) return true;
    signal.throwIfAborted();
    if (performance.now() > until) return false;
    await delay(LOOK_EVERY_MS);
  }
}

/** When the faults are over, every process must be at work again by itself. Resolves to what is not. */
export async function awaitReadiness({ members }: Installation, signal: AbortSignal): Promise<readonly string[]> {
  const late = await Promise.all(
    members.map(async ({ name, service }) =>
      (await becomesTrue(() => service.isReady(), RECOVERY_MS, signal)) ? [] : [name],
    ),
  );
  return late.flat().map((name) => `${name} was not ready ${RECOVERY_MS} ms after the last fault`);
}

/**
 * Each worker in turn has to do all the work alone: one that has silently ceased to take jobs is found, which nobody
 * notices while the others are there.
 */
export async function callRoll(options: {
  readonly installation: Installation;
  readonly ledger: Ledger;
  /** Webhooks whose targets take everything at once. */
  readonly webhooks: readonly string[];
  readonly now: () => number;
  readonly signal: AbortSignal;
}): Promise<readonly string[]> {
  const { installation, ledger, webhooks, now, signal } = options;
  const failures: string[] = [];
  for (const { name, service } of installation.workers) {
    const others = installation.workers.filter((other) => other.service !== service);
    const ends = await Promise.all(others.map((other) => other.service.terminate({ mayRelease: false })));
    failures.push(...ends.filter((wrong) => wrong !== undefined));
    const sinceMs = now();
    const hasDelivered = (webhook: string): boolean =>
      [...ledger.target(webhook).batches.values()].some(({ attempts }) =>
        attempts.some(({ atMs, isDelivered }) => isDelivered && atMs > sinceMs),
      );
    await becomesTrue(() => webhooks.every(hasDelivered), RECOVERY_MS, signal);
    for (const webhook of webhooks.filter((one) => !hasDelivered(one))) {
      failures.push(`${name}, alone, delivered nothing to ${webhook} within ${RECOVERY_MS} ms`);
    }
    for (const other of others) other.service.start();
    await becomesTrue(
      async () => (await Promise.all(others.map((o) => o.service.isReady()))).every(Boolean),
      RECOVERY_MS,
      signal,
    );
  }
  return failures;
}

/** Waits until nothing waits for any webhook. Resolves to what still does at the deadline. */
export async function drain(redis: Redis, deadlineMs: number, signal: AbortSignal): Promise<readonly string[]> {
  const waiting = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const partition of await partitionsOf(redis)) {
      for (const key of await redis.keys(`${keys.partition(partition).base}:w:*`)) {
        const [open, events, batches, sealed] = await redis.hmget(key, "ob", "on", "bn", "be");
        if ((open ?? "") === "" && Number(batches ?? 0) === 0) continue;
        found.push(`${key}: ${batches ?? 0} batches of ${sealed ?? 0} events, ${events ?? 0} events in the open one`);
      }
    }
    return found;
  };
  await becomesTrue(async () => (await waiting()).length === 0, deadlineMs, signal);
  return waiting();
}

/** What is wrong in Redis when nothing waits any more. */
export async function audit(
  redis: Redis,
  webhooks: readonly Registered[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  await becomesTrue(async () => (await leftOver(redis)).length === 0, RECOVERY_MS, signal);
  const left = (await leftOver(redis)).map((what) => `left behind in Redis: ${what}`);
  const ids = webhooks.filter(({ deletedAtMs }) => deletedAtMs === undefined).map(({ id }) => id);
  const wrong: string[] = [];
  for (const partition of await partitionsOf(redis)) {
    const here = await Promise.all(ids.map((id) => redis.exists(keys.partition(partition).webhook(id))));
    const own = ids.filter((_, index) => here[index] === 1);
    wrong.push(...(await auditPartition(redis, keys, { partition, concurrency: 4, webhooks: own })));
  }
  return [...left, ...wrong];
}

async function partitionsOf(redis: Redis): Promise<readonly number[]> {
  return (await redis.smembers(keys.definitions.partitions)).map(Number);
}
