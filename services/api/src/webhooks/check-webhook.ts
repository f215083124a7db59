import { openReadable, readCreate, readUpdate, samples, sealSettings, shownAccess } from "@posthorn/core";
import type { Catalogue, SecretBox, SubaccountScope, Webhook } from "@posthorn/core";
import { needsAccess } from "./change-webhook.ts";
import { accessProblems } from "./open-access.ts";
import type { CheckView, RequestView } from "./request-view.ts";
import { viewRequest } from "./view-request.ts";

export interface CheckDeps {
  readonly catalogue: Catalogue;
  readonly box: SecretBox;
  readonly generateSecret: () => string;
  readonly userAgent: string;
  readonly now: () => number;
}

/** As many events of a batch show what it looks like. */
const SAMPLES_MAX = 2;

/**
 * Judges a body as creating a webhook would, or changing `webhook`; nothing is stored or sent. Without problems it shows
 * what a batch would look like.
 */
export function checkWebhook(
  { catalogue, box, generateSecret, userAgent, now }: CheckDeps,
  body: unknown,
  { webhook, scope }: { readonly webhook: Webhook | undefined; readonly scope: SubaccountScope | undefined },
): CheckView {
  const nowMs = now();
  const tools = { isKnownEventType: catalogue.isKnown, nowMs, generateSecret, scope };
  const before = webhook === undefined ? undefined : openReadable(webhook, box);
  const change =
    webhook === undefined || before === undefined
      ? readCreate(body, tools)
      : readUpdate(body, webhook.id, before, tools);
  if (change.kind === "bad") return { problems: change.problems, request: null };
  if (webhook !== undefined && before !== undefined && needsAccess(before, change.settings)) {
    const problems = accessProblems(sealSettings(webhook, before, change.settings, box), box, nowMs);
    if (problems.length > 0) return { problems, request: null };
  }
  const types = change.settings.events.length === 0 ? catalogue.types.keys() : change.settings.events;
  const shown = samples(catalogue, [...types].filter(catalogue.isKnown).slice(0, SAMPLES_MAX));
  const request: RequestView = viewRequest({
    access: shownAccess(change.settings, before),
    body: Buffer.from(JSON.stringify(shown)),
    userAgent,
    nowMs,
  });
  return { problems: [], request };
}
