import { batchId } from "@posthorn/core";
import type { WebhookHealth } from "@posthorn/core";

/** A webhook's health as flat hash fields; the other half of the list at the head of `partition.lua`. */
export type HealthFields = Readonly<Record<string, string | number>>;

export function toHealthFields(health: WebhookHealth): HealthFields {
  return {
    ff: health.failedInRow,
    fb: health.firstFailedBatch ?? "",
    fm: health.severalBatchesFailed ? 1 : 0,
    fs: health.failing?.sinceMs ?? 0,
    pn: health.failing?.probes ?? 0,
    pd: Math.floor(health.failing?.probeDueMs ?? 0),
    lp: health.failing?.lastProbeMs ?? 0,
    hu: Math.floor(health.heldUntilMs),
    gn: health.goneInRow,
    gt: health.lastGoneMs,
    ss: health.sealBytes,
    su: health.sealBytesUntilMs,
    ur: health.unreadableSinceMs,
  };
}

export function fromHealthFields(fields: Readonly<Record<string, unknown>>): WebhookHealth {
  const number = (name: string): number => Number(fields[name] ?? 0) || 0;
  const sinceMs = number("fs");
  return {
    failedInRow: number("ff"),
    firstFailedBatch: batchId(typeof fields["fb"] === "string" ? fields["fb"] : "") ?? null,
    severalBatchesFailed: number("fm") === 1,
    failing:
      sinceMs === 0 ? null : { sinceMs, probes: number("pn"), probeDueMs: number("pd"), lastProbeMs: number("lp") },
    heldUntilMs: number("hu"),
    goneInRow: number("gn"),
    lastGoneMs: number("gt"),
    sealBytes: number("ss"),
    sealBytesUntilMs: number("su"),
    unreadableSinceMs: number("ur"),
  };
}

/** True when both would be stored alike, so that nothing needs writing. */
export function isSameHealth(a: WebhookHealth, b: WebhookHealth): boolean {
  return JSON.stringify(toHealthFields(a)) === JSON.stringify(toHealthFields(b));
}
