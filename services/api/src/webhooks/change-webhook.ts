import {
  DEFAULT_SETTINGS,
  DomainError,
  isSame,
  isSuccess,
  openReadable,
  readCreate,
  readUpdate,
  sealSettings,
  WEBHOOK_DEFAULTS,
} from "@posthorn/core";
import type {
  AttemptOutcome,
  ChangeTools,
  Problem,
  SecretBox,
  SubaccountScope,
  TargetAccess,
  Webhook,
  WebhookChange,
  WebhookId,
  WebhookSettings,
} from "@posthorn/core";
import { testPostProblem } from "@posthorn/delivery";
import type { Definitions } from "@posthorn/store";
import type { WebhookMirror } from "../mirror.ts";
import { unknownWebhook } from "./find-webhook.ts";
import { openAccess } from "./open-access.ts";

/** Sends the test POST, or another body under its batch id, to a target. */
export type TestPost = (request: { readonly access: TargetAccess; readonly body?: Buffer }) => Promise<AttemptOutcome>;

/** Fetches a new OAuth2 token for a target, and keeps it for the attempts that follow. */
export type FetchToken = (
  access: TargetAccess,
) => Promise<{ readonly kind: "ok" } | { readonly kind: "failed"; readonly problem: Problem }>;

export interface ChangeDeps {
  readonly definitions: Definitions;
  readonly mirror: Pick<WebhookMirror, "awaitActivation">;
  readonly testPost: TestPost;
  readonly fetchToken: FetchToken;
  readonly box: SecretBox;
  readonly isKnownEventType: (type: string) => boolean;
  /** Where a new webhook's batches are to lie. */
  readonly choosePartition: () => number;
  readonly now: () => number;
  readonly generateSecret: () => string;
}

/** What a create or update came to. */
export interface ChangedWebhook {
  readonly webhook: Webhook;
  /** A signing secret that was made: shown this once. */
  readonly generatedSecret: string | undefined;
  /** A target or token URL that did not answer as it should, where that is no reason to refuse. */
  readonly warnings: readonly Problem[];
}

interface ChangeOptions {
  /** The subaccount that the call is made for; `undefined` = all. */
  readonly scope: SubaccountScope | undefined;
  /** Whether a failing test POST refuses the change. */
  readonly insist: boolean;
  /** A name from a file is taken as it is. */
  readonly anyName?: boolean;
}

/** Creates a webhook from a body. Throws `DomainError` and stores nothing when the body or the target is no good. */
export async function createWebhook(
  deps: ChangeDeps,
  body: unknown,
  options: ChangeOptions & { readonly id: WebhookId; readonly owner: Webhook["owner"] },
): Promise<ChangedWebhook> {
  const { box, definitions } = deps;
  const { settings, generatedSecret } = accepted(readCreate(body, toolsOf(deps, options)));
  const nowMs = deps.now();
  const webhook = sealSettings(
    {
      ...WEBHOOK_DEFAULTS,
      id: options.id,
      revision: 1,
      partition: deps.choosePartition(),
      name: settings.name,
      target: settings.target,
      events: settings.events,
      owner: options.owner,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    },
    DEFAULT_SETTINGS,
    settings,
    box,
  );
  const warnings = await guard(deps, webhook, { token: true, test: true }, options.insist);
  await deps.mirror.awaitActivation(await definitions.create(webhook));
  return { webhook, generatedSecret, warnings };
}

/** Merges a body into a webhook. Throws `DomainError` and changes nothing when the body or a new target is no good. */
export async function updateWebhook(
  deps: ChangeDeps,
  find: () => Promise<Webhook>,
  body: unknown,
  options: ChangeOptions & { readonly owner?: Webhook["owner"] },
): Promise<ChangedWebhook> {
  return changeWebhook(deps, find, options, (webhook, before) =>
    readUpdate(body, webhook.id, before, toolsOf(deps, options)),
  );
}

/** Makes a change, again when somebody else made one meanwhile. */
export async function changeWebhook(
  deps: ChangeDeps,
  find: () => Promise<Webhook>,
  options: Pick<ChangeOptions, "insist"> & { readonly owner?: Webhook["owner"] },
  change: (webhook: Webhook, before: WebhookSettings) => WebhookChange,
): Promise<ChangedWebhook> {
  const { box, definitions } = deps;
  for (;;) {
    const webhook = await find();
    const before = openReadable(webhook, box);
    const { settings: after, generatedSecret } = accepted(change(webhook, before));
    const owner = options.owner ?? webhook.owner;
    if (isSame(before, after) && owner === webhook.owner) return { webhook, generatedSecret: undefined, warnings: [] };
    const changed: Webhook = {
      ...sealSettings(webhook, before, after, box),
      owner,
      revision: webhook.revision + 1,
      inactiveReason: after.active ? null : webhook.inactiveReason,
      updatedAtMs: deps.now(),
    };
    const warnings = await guard(deps, changed, checksOf(before, after), options.insist);
    const drain = isNewTarget(before, after) || isNewAccess(before, after);
    const write = await definitions.update(changed, { drain });
    if (write.kind === "conflict") continue;
    if (write.kind === "missing") throw unknownWebhook();
    await deps.mirror.awaitActivation(write.version);
    return { webhook: changed, generatedSecret, warnings };
  }
}

/** What is asked of the target of a webhook, and of its token URL, before it is stored. */
interface Checks {
  readonly token: boolean;
  readonly test: boolean;
}

/** A webhook must be renamed, paused or switched off also while its token URL is away, or its secrets cannot be opened. */
function checksOf(before: WebhookSettings, after: WebhookSettings): Checks {
  const isReactivated = after.active && !before.active;
  return {
    token: isNewTarget(before, after) || isNewAccess(before, after) || isReactivated,
    test: isNewTarget(before, after),
  };
}

/** True of a change that is refused when a stored secret cannot be opened. */
export function needsAccess(before: WebhookSettings, after: WebhookSettings): boolean {
  const { token, test } = checksOf(before, after);
  return token || test;
}

function isNewTarget(before: WebhookSettings, after: WebhookSettings): boolean {
  return after.target !== before.target;
}

function isNewAccess(before: WebhookSettings, after: WebhookSettings): boolean {
  return !isSame(accessOf(before), accessOf(after));
}

/** What decides whether a target lets a batch in: repaired, it gets what waits at once. */
function accessOf({ authToken, auth, customHeaders, signing, tlsCa }: WebhookSettings) {
  return { authToken, auth, customHeaders, secret: signing?.secret, tlsCa };
}

function toolsOf(deps: ChangeDeps, { scope, anyName = false }: ChangeOptions): ChangeTools {
  return {
    isKnownEventType: deps.isKnownEventType,
    nowMs: deps.now(),
    generateSecret: deps.generateSecret,
    scope,
    anyName,
  };
}

function accepted(change: WebhookChange): Extract<WebhookChange, { kind: "ok" }> {
  if (change.kind === "bad") throw new DomainError("INVALID", change.problems);
  return change;
}

/** Fetches a token if the webhook uses them, then sends the test POST. Throws the first failure, or returns it. */
async function guard(deps: ChangeDeps, webhook: Webhook, checks: Checks, insist: boolean): Promise<readonly Problem[]> {
  const problem = await firstFailure(deps, webhook, checks);
  if (problem === undefined) return [];
  if (insist) throw new DomainError("TEST_POST_FAILED", [problem]);
  return [problem];
}

async function firstFailure(
  { testPost, fetchToken, box, now }: ChangeDeps,
  webhook: Webhook,
  checks: Checks,
): Promise<Problem | undefined> {
  if (!checks.token && !checks.test) return undefined;
  const access = openAccess(webhook, box, now());
  if (checks.token && access.auth.kind === "oauth2") {
    const token = await fetchToken(access);
    if (token.kind === "failed") return token.problem;
  }
  if (!checks.test) return undefined;
  const outcome = await testPost({ access });
  return isSuccess(outcome) ? undefined : testPostProblem(outcome);
}
