import { setTimeout as delay } from "node:timers/promises";
import type { WebhookId } from "@posthorn/core";
import { NOTICE_POSTPONED_MAX_MS } from "@posthorn/store";
import type { Notice, Notices } from "@posthorn/store";
import type { Log, WarnSparingly } from "@posthorn/runtime";
import { noticeBody } from "./notice-body.ts";
import type { PostNotice } from "./post-notice.ts";

export interface Notifier {
  /** Ends when the notice in hand is told; `signal` ends the patience. What is not told is told by others, or later. */
  stop(signal: AbortSignal): Promise<void>;
}

interface NotifierDeps {
  readonly notices: Notices;
  readonly partitions: () => readonly number[];
  /** `null` = it was deleted. */
  readonly nameOf: (webhook: WebhookId) => Promise<string | null>;
  readonly post: PostNotice;
  readonly log: Pick<Log, "info" | "error">;
  readonly warn: WarnSparingly;
  readonly onNotice: (result: "told" | "failed" | "given-up") => void;
}

const LOOK_EVERY_MS = 1_000;
/** What has happened longer ago, for the last time, is no news. */
const GIVE_UP_AFTER_MS = 3_600_000;

/**
 * Tells the operator what happens to webhooks, one notice after the other and apart from all deliveries. While the notice
 * URL is away, only one is tried at a time, later and later.
 */
export function startNotifier(deps: NotifierDeps): Notifier {
  const { notices, partitions, nameOf, post, log, warn, onNotice } = deps;
  const stopping = new AbortController();
  const released = new AbortController();
  let failures = 0;

  const backOffMs = (): number => Math.min(LOOK_EVERY_MS * 2 ** failures, NOTICE_POSTPONED_MAX_MS);

  const giveUp = async (partition: number, notice: Notice): Promise<void> => {
    const { kind, webhook, batches, events, lastMs } = notice;
    onNotice("given-up");
    log.error({ kind, webhook, batches, events, lastAt: new Date(lastMs).toISOString() }, "notice.given-up");
    await notices.end(partition, notice);
  };

  /** Resolves to whether there was something to tell. */
  const tellNext = async (partition: number): Promise<boolean> => {
    const notice = await notices.take(partition);
    if (notice === undefined) return false;
    if (notice.nowMs - notice.lastMs > GIVE_UP_AFTER_MS) {
      await giveUp(partition, notice);
      return true;
    }
    const { kind, webhook } = notice;
    const posted = await post(noticeBody(notice, await nameOf(webhook)), released.signal);
    if (posted.kind === "told") {
      failures = 0;
      onNotice("told");
      log.info({ kind, webhook, notice: notice.id }, "notice.told");
      await notices.end(partition, notice);
      return true;
    }
    onNotice("failed");
    // One that is not wanted holds up no other.
    if (posted.kind === "away") failures += 1;
    warn(new Error(`NOTIFY_URL was not told: ${posted.message}`), "notice.not-told", { kind, webhook });
    await notices.postpone(partition, notice, posted.kind === "away" ? backOffMs() : NOTICE_POSTPONED_MAX_MS);
    return true;
  };

  const round = async (): Promise<void> => {
    for (const partition of partitions()) {
      for (;;) {
        if (stopping.signal.aborted) return;
        if (!(await tellNext(partition))) break;
        if (failures > 0) return;
      }
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => warn(error, "notices.failed"));
      await delay(backOffMs(), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const ended = loop();

  return {
    stop: async (signal) => {
      stopping.abort();
      const release = (): void => released.abort(signal.reason);
      signal.addEventListener("abort", release);
      if (signal.aborted) release();
      await ended;
    },
  };
}
