import { setTimeout as delay } from "node:timers/promises";
import { buildRoutingTable, DomainError } from "@posthorn/core";
import type { RoutingTable, Webhook, WebhookId } from "@posthorn/core";
import type { Definitions } from "@posthorn/store";
import type { Log, WarnSparingly } from "@posthorn/runtime";
import type { KeyRing } from "./key-ring.ts";
import type { SecretWatch } from "./secret-watch.ts";

/** This process' knowledge of all definitions and API keys, never older than a bound when it counts. */
export interface WebhookMirror {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Who wants what, by the definitions known now. */
  routes(): RoutingTable;
  /** All webhooks known now, in no order; those that are leaving are gone already. */
  webhooks(): Webhook[];
  /** Checks again if the last check is older than the bound. Throws `UNAVAILABLE` when that fails. */
  ensureFresh(): Promise<void>;
  /** Waits until every living API process routes by `version`; at most two seconds. */
  awaitActivation(version: number): Promise<void>;
  readonly isLoaded: () => boolean;
}

const POLL_EVERY_MS = 1_000;
const ACTIVATION_PATIENCE_MS = 2_000;
const ACTIVATION_LOOK_EVERY_MS = 15;

interface MirrorOptions {
  readonly definitions: Definitions;
  /** Read anew with every new version, so that one check serves both. */
  readonly keyRing: Pick<KeyRing, "reload">;
  /** Done at every check. */
  readonly secret: Pick<SecretWatch, "recheck">;
  readonly processId: string;
  readonly activationMaxMs: number;
  readonly log: Log;
  readonly warn: WarnSparingly;
}

/**
 * Polls the version once a second (which is also this process' heartbeat), hears of new ones at once by a hint, and
 * reads only what has changed.
 */
export function createWebhookMirror({
  definitions,
  keyRing,
  secret,
  processId,
  activationMaxMs,
  log,
  warn,
}: MirrorOptions): WebhookMirror {
  const webhooks = new Map<WebhookId, Webhook>();
  const stopping = new AbortController();
  let table: RoutingTable = new Map();
  let version = 0;
  let epoch = 0;
  let isLoaded = false;
  let checkedAtMs = -Infinity;
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  let unsubscribe: (() => Promise<void>) | undefined;
  let polling: Promise<void> = Promise.resolve();

  const check = async (): Promise<void> => {
    const startedAtMs = performance.now();
    await secret.recheck();
    let current = await definitions.confirm(processId, version);
    while (current !== version || !isLoaded || epoch !== definitions.epoch()) {
      // Where Redis may be another one, the same version may stand for something else.
      const readIn = definitions.epoch();
      const isSame = isLoaded && epoch === readIn;
      const {
        version: read,
        complete,
        changes,
      } = await definitions.changesSince(isSame && current > version ? version : 0);
      // Keys are few. They are read after the version, so that they are never older than what is confirmed.
      await keyRing.reload();
      if (complete) webhooks.clear();
      for (const { id, webhook } of changes) {
        if (webhook === undefined) webhooks.delete(id);
        else webhooks.set(id, webhook);
      }
      // A version may be one of the keys only.
      if (complete || changes.length > 0) table = buildRoutingTable(webhooks.values());
      version = read;
      epoch = readIn;
      isLoaded = true;
      current = await definitions.confirm(processId, version);
    }
    checkedAtMs = startedAtMs;
  };

  const begin = (): Promise<void> => {
    running = check().finally(() => {
      running = undefined;
    });
    return running;
  };

  /**
   * One check at a time. Whoever comes meanwhile gets a whole one that begins after the call, and shares it with all
   * others who wait, so that however many wait for a slow Redis, nobody waits for more than two.
   */
  const refresh = (): Promise<void> => {
    if (running === undefined) return begin();
    following ??= running
      .catch(() => undefined)
      .then(() => {
        following = undefined;
        // Somebody may have begun one in the very moment in between.
        return running ?? begin();
      });
    return following;
  };

  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(POLL_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await refresh().catch((error: unknown) => warn(error, "definitions.not-checked"));
    }
  };

  return {
    start: async () => {
      await refresh();
      unsubscribe = await definitions.onChange((newest) => {
        if (newest > version) refresh().catch((error: unknown) => warn(error, "definitions.not-checked"));
      });
      polling = poll();
    },
    stop: async () => {
      stopping.abort();
      await polling;
      await unsubscribe?.();
      await definitions.leave(processId).catch(() => undefined);
    },
    routes: () => table,
    webhooks: () => [...webhooks.values()].filter(({ leaving }) => !leaving),
    ensureFresh: async () => {
      if (performance.now() - checkedAtMs <= activationMaxMs) return;
      try {
        await refresh();
      } catch (error) {
        throw new DomainError(
          "UNAVAILABLE",
          [{ message: "The definitions could not be checked: repeat the request" }],
          { retryAfterSeconds: 1, cause: error },
        );
      }
    },
    awaitActivation: async (wanted) => {
      const deadlineMs = performance.now() + ACTIVATION_PATIENCE_MS;
      if (version < wanted) await refresh();
      while (!(await definitions.isConfirmedByAll(wanted))) {
        if (performance.now() > deadlineMs) {
          log.warn({ version: wanted }, "activation.not-confirmed");
          return;
        }
        await delay(ACTIVATION_LOOK_EVERY_MS);
      }
    },
    isLoaded: () => isLoaded,
  };
}
