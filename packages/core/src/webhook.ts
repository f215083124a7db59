import type { WebhookId } from "./ids.ts";

/** A text encrypted by `SecretBox`: `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. */
export type Sealed = string & { readonly __sealed: true };

/** A registered target with its subscribed event types, as stored. Secrets are sealed. */
export interface Webhook {
  readonly id: WebhookId;
  /** Counts the changes of this definition, from 1. */
  readonly revision: number;
  /** The partition that holds its batches; given at creation and never changed. */
  readonly partition: number;
  readonly name: string;
  readonly target: string;
  /** Event types, in the order given, without repetition. */
  readonly events: readonly string[];
  /** Goes out as `X-MessageSystems-Webhook-Token`; `null` when none is set. */
  readonly authToken: Sealed | null;
  readonly active: boolean;
  /** Why Posthorn itself set `active` to false, e.g. three answers 410 in a row. */
  readonly inactiveReason: string | null;
  /** Events are still batched, nothing is tried, clocks stop. */
  readonly paused: boolean;
  /** Attempts in flight at the same time, over all processes; `null` = the configured default. */
  readonly concurrency: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
