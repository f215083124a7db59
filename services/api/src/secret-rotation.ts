import { resealWebhook } from "@posthorn/core";
import type { SecretBox, Webhook, WebhookId } from "@posthorn/core";
import type { Log, Part } from "@posthorn/runtime";
import { checkSecret } from "@posthorn/store";
import type { Definitions, Lock } from "@posthorn/store";
import { inParallel } from "./definitions/in-parallel.ts";

interface SecretRotationDeps {
  readonly definitions: Definitions;
  /** Held meanwhile, so that of several API processes that start one does the work. */
  readonly definitionsLock: Lock;
  readonly box: SecretBox;
  readonly log: Pick<Log, "info" | "error">;
}

/** What became of the stored secrets of one webhook. */
type Resealed = "kept" | "resealed" | "unreadable";

const AT_A_TIME = 8;

/**
 * Sees to it that all stored secrets are sealed with the current secret before the API listens. Only then the check value
 * is replaced: whoever drops the previous secret before that is refused at the start.
 */
export function createSecretRotation(deps: () => SecretRotationDeps): Part {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name: "secret",
    start: () => (running = rotate(deps(), stopping.signal)),
    stop: async () => {
      stopping.abort(new Error("the process stops"));
      await running.catch(() => undefined);
    },
  };
}

async function rotate(deps: SecretRotationDeps, signal: AbortSignal): Promise<void> {
  const { definitions, definitionsLock, box, log } = deps;
  const before = await checkSecret(deps);
  // Those that are leaving are sealed too: what waits for them still goes out.
  const { changes } = await definitions.changesSince(0);
  const ids = changes.map(({ id }) => id);
  if (before === "current" && changes.every(({ webhook }) => webhook === undefined || isCurrent(webhook, box))) return;

  const held = await definitionsLock.hold({ patienceMs: Infinity, signal }, async (lost) => {
    const stop = AbortSignal.any([lost, signal]);
    const results = await inParallel(ids, AT_A_TIME, stop, async (id) => ({ id, did: await reseal(deps, id) }));
    const idsOf = (did: Resealed): WebhookId[] => results.filter((result) => result.did === did).map(({ id }) => id);
    const previous = box.previousCheckValue();
    if (previous !== undefined) await definitions.replaceSecretCheck(previous, box.checkValue());
    const unreadable = idsOf("unreadable");
    if (previous !== undefined) log.info({ webhooks: idsOf("resealed").length }, "secret.rotated");
    if (unreadable.length > 0) {
      const cure = "give the secret that they were sealed with as POSTHORN_SECRET_PREVIOUS, or set theirs anew";
      log.error({ webhooks: unreadable.length, first: unreadable.slice(0, 10), cure }, "secret.unreadable");
    }
  });
  if (held.kind === "busy") signal.throwIfAborted();
}

function isCurrent(webhook: Webhook, box: SecretBox): boolean {
  try {
    return resealWebhook(webhook, box) === undefined;
  } catch {
    return false;
  }
}

/** Again when somebody changes the webhook meanwhile. */
async function reseal({ definitions, box }: SecretRotationDeps, id: WebhookId): Promise<Resealed> {
  for (;;) {
    const webhook = await definitions.getForAttempt(id);
    if (webhook === undefined) return "kept";
    let resealed: Webhook | undefined;
    try {
      resealed = resealWebhook(webhook, box);
    } catch {
      return "unreadable";
    }
    if (resealed === undefined) return "kept";
    const write = await definitions.update({ ...resealed, revision: webhook.revision + 1 }, { drain: false });
    if (write.kind !== "conflict") return "resealed";
  }
}
