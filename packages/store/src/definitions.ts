import type { Webhook, WebhookId } from "@posthorn/core";

/** A change of one definition; `webhook` is `undefined` when it was deleted. */
export interface DefinitionChange {
  readonly id: WebhookId;
  readonly webhook: Webhook | undefined;
}

/**
 * The definitions of all webhooks. Every write counts the version up and applies the change to the webhook's
 * partition before it resolves; a crash in between is mended by the workers' sweep (`applyUnapplied`).
 */
export interface Definitions {
  /**
   * Resolves to the version that contains the new webhook. Its revision is made here: higher than any that a webhook of
   * this id ever had. Takes the place of one that is leaving; throws `INVALID` when there is another one.
   */
  create(webhook: Webhook): Promise<number>;
  get(id: WebhookId): Promise<Webhook | undefined>;
  /** The same for attempts, which go on for a webhook that is leaving. */
  getForAttempt(id: WebhookId): Promise<Webhook | undefined>;
  /** All, oldest first; those that are leaving are gone already. */
  list(): Promise<Webhook[]>;
  /**
   * Writes `webhook` if the stored revision is still `webhook.revision - 1`. `drain` makes what waits due at once,
   * oldest first (after a change of target or authentication).
   */
  update(webhook: Webhook, options: { readonly drain: boolean }): Promise<DefinitionWrite>;
  /** No attempt starts after this has resolved; waiting batches are deleted. */
  remove(id: WebhookId): Promise<DefinitionWrite>;
  /** Deletes a webhook for everybody but its waiting batches, which still go out; then `removeLeft` deletes the rest. */
  letGo(id: WebhookId): Promise<DefinitionWrite>;
  /** Deletes what is left of webhooks that were let go and have delivered all; called by the workers' sweep. */
  removeLeft(): Promise<number>;
  version(): Promise<number>;
  /**
   * Another number than before when Redis may have become another one, which may lack what was read: then everything is
   * to be read again, whatever the version is. Tells so of all that Redis has answered until now.
   */
  readonly epoch: () => number;
  /** What changed after `version`; when that is too long ago, or 0, everything there is. */
  changesSince(version: number): Promise<{
    readonly version: number;
    readonly complete: boolean;
    readonly changes: DefinitionChange[];
  }>;
  /** An API process says which version it routes by; resolves to the current version. Doubles as its heartbeat. */
  confirm(processId: string, version: number): Promise<number>;
  /** The process leaves; nobody waits for it any more. */
  leave(processId: string): Promise<void>;
  /** True when every API process with a heartbeat under 3 s old has confirmed at least `version`. */
  isConfirmedByAll(version: number): Promise<boolean>;
  /** Calls back on a hint that a new version exists; resolves to what ends the subscription. */
  onChange(callback: (version: number) => void): Promise<() => Promise<void>>;
  /** Applies what a crashed writer left; called by the workers' sweep. Resolves to how many it applied. */
  applyUnapplied(): Promise<number>;
  /**
   * Brings partitions up to the definitions where a Redis that took another one's place may have lost of the one what it
   * has of the other; called by the workers' sweep. Resolves to how many webhooks differed.
   */
  reconcile(): Promise<number>;
  /** Makes the state of a webhook that its partition has lost; false when it is not defined there. */
  restore(id: WebhookId, partition: number): Promise<boolean>;
  /** Deletes a webhook's state in its partition if it is not defined. */
  forgetUndefined(id: WebhookId, partition: number): Promise<void>;
  /** Makes sure that every process seals with the same secret: stores `check` if none is stored, returns the stored one. */
  secretCheck(check: string): Promise<string>;
  /** Stores `check` in the place of `before`; false when that is not the stored one. */
  replaceSecretCheck(before: string, check: string): Promise<boolean>;
  /** Partitions in use. */
  partitions(): Promise<number[]>;
}

export type DefinitionWrite =
  | { readonly kind: "written"; readonly version: number }
  | { readonly kind: "conflict" }
  | { readonly kind: "missing" };

/** What a partition needs to know of a definition; implemented by the partition's scripts. */
export interface PartitionApplier {
  /** Creates or updates the webhook's state in its partition; an older revision than the stored one is ignored. */
  configure(webhook: Webhook, options: { readonly drain: boolean }): Promise<void>;
  /** Deletes the webhook's state; its batches are let go in bounded slices. */
  forget(id: WebhookId, partition: number): Promise<void>;
  /** True when the webhook has no batch at all, open or sealed. */
  isIdle(id: WebhookId, partition: number): Promise<boolean>;
  /** The revisions that a partition knows of webhooks; `undefined` where it has no state. */
  revisions(ids: readonly WebhookId[], partition: number): Promise<(number | undefined)[]>;
}
