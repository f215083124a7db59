import type { WebhookId } from "./ids.ts";

/** A text encrypted by `SecretBox`: `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. */
export type Sealed = string & { readonly __sealed: true };

/** How Posthorn proves to a target who it is, besides the token. */
export type TargetAuth =
  | { readonly kind: "none" }
  | {
      readonly kind: "basic";
      readonly username: string;
      readonly password: Sealed;
      /** False when the password is empty. */
      readonly hasPassword: boolean;
    }
  /** Client credentials: `body` is POSTed to `url`, and the token in its answer goes out as `Bearer`. */
  | {
      readonly kind: "oauth2";
      readonly url: string;
      /** JSON. */
      readonly body: Sealed;
      /** The body with its secrets masked, as answers show it. */
      readonly shown: Readonly<Record<string, unknown>>;
    };

/** A secret that signs batches. The one before it goes on signing until `untilMs`, so that receivers can change over. */
export interface Signing {
  readonly secret: Sealed;
  readonly previous: { readonly secret: Sealed; readonly untilMs: number } | null;
}

/** Whose events a webhook gets: a subaccount's number, `0` = the primary account's only, `-1` = everybody's. */
export type SubaccountScope = number;

/** The scope of a webhook that gets the events of the primary account and of all subaccounts. */
export const EVERY_SUBACCOUNT: SubaccountScope = -1;

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
  readonly auth: TargetAuth;
  /** Header name, as given → value. Values are sealed, since many are keys. */
  readonly customHeaders: Readonly<Record<string, Sealed>>;
  readonly subaccount: SubaccountScope;
  /** Subaccounts whose events it does not get although its scope is everybody. */
  readonly exceptionSubaccounts: readonly number[];
  readonly active: boolean;
  /** Why Posthorn itself set `active` to false, e.g. three answers 410 in a row. */
  readonly inactiveReason: string | null;
  /** Events are still batched, nothing is tried, clocks stop. */
  readonly paused: boolean;
  /** Attempts in flight at the same time, over all processes; `null` = the configured default. */
  readonly concurrency: number | null;
  /** Attempts per minute, over all processes; `null` = unlimited. */
  readonly rateLimit: number | null;
  /** `null` = batches are not signed. */
  readonly signing: Signing | null;
  /** Certificates (PEM) of the authorities that its target's certificate is checked against; `null` = the platform's. */
  readonly tlsCa: string | null;
  /** Deleted, but what waits for it still goes out; nobody sees it any more, and then it is gone. */
  readonly leaving: boolean;
  /** Who keeps it as it is: the API, or a file of definitions, which then also deletes it. */
  readonly owner: "api" | "file";
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a definition has where nothing was said. */
export const WEBHOOK_DEFAULTS = {
  authToken: null,
  auth: { kind: "none" },
  customHeaders: {},
  subaccount: EVERY_SUBACCOUNT,
  exceptionSubaccounts: [],
  active: true,
  inactiveReason: null,
  paused: false,
  concurrency: null,
  rateLimit: null,
  signing: null,
  tlsCa: null,
  leaving: false,
  owner: "api",
} as const satisfies Partial<Webhook>;
