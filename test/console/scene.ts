import type { WebhookId } from "@posthorn/core";
import { connect } from "../../packages/store/src/connect.ts";
import { noFlow } from "../../packages/store/src/flow.ts";
import { createKeys } from "../../packages/store/src/keys.ts";
import { noteSeries } from "../../packages/store/src/scripts/note-series.ts";
import { noteTotalSeries } from "../../packages/store/src/scripts/note-total-series.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { startRedisServer } from "../support/redis-server.ts";
import { event, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

/** An installation as an operator meets it: webhooks in every state, an hour of traffic behind them. */
export interface Scene {
  readonly stack: Stack;
  /** One that goes well, and one whose target refuses everything. */
  readonly healthy: string;
  readonly failing: string;
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export async function startScene(): Promise<Scene> {
  const redis = await startRedisServer();
  const [good, bad, gone] = await Promise.all([startReceiver(), startReceiver(), startReceiver()]);
  const stack = await startStack({
    redisUrl: redis.url,
    workers: 2,
    env: { BATCH_MAX_EVENTS: "200", BATCH_MAX_WAIT: "2s", RETRY_SCHEDULE: "1m" },
  });
  const create = (name: string, target: Receiver, changes: Record<string, unknown> = {}): Promise<string> =>
    stack.createWebhook(target.url, { name, ...changes });
  const healthy = await create("CRM: deliveries and bounces", good, {
    events: ["delivery", "bounce"],
    auth_token: "a-secret-of-your-own",
    custom_headers: { "X-Team": "crm" },
    signing: { enabled: true },
  });
  const failing = await create("Analytics warehouse", bad, { events: ["injection", "delivery", "open", "click"] });
  const refusing = await create("Old billing", gone, { events: ["delivery"] });
  const paused = await create("Support desk", good, { events: ["spam_complaint", "out_of_band", "bounce"] });
  await create("Never called yet", good, { events: ["list_unsubscribe"] });
  for (let n = 1; n <= 30; n++)
    await create(`Customer ${String(n).padStart(2, "0")}`, good, { subaccount_id: n, events: ["delivery"] });
  bad.answerWith(() => ({ status: 503, body: '{"error":"the warehouse is closed for stock-taking"}' }));
  gone.answerWith(() => ({ status: 410 }));
  await stack.call("POST", `/api/v1/webhooks/${paused}/pause`);
  await stack.call("PUT", `/api/v1/webhooks/${refusing}`, { active: false });
  await stack.call("POST", "/api/v1/api-keys", { label: "mail server 1", grants: ["events/ingest"] });
  await stack.call("POST", "/api/v1/api-keys", { label: "dashboard on the wall", grants: ["webhooks/view"] });
  for (let round = 0; round < 5; round++) {
    const types = ["delivery", "bounce", "injection", "open", "click", "spam_complaint"];
    await stack.send(types.flatMap((type) => Array.from({ length: 250 }, (_, n) => event(n, type))));
  }
  await writePast(redis.url, [healthy, failing] as WebhookId[]);
  await waitFor(
    "a failing webhook",
    async () => {
      const { body } = await stack.call("GET", "/api/v1/stats");
      return (body["results"] as { totals: { failing_webhooks: number } }).totals.failing_webhooks > 0;
    },
    60_000,
  );
  return {
    stack,
    healthy,
    failing,
    stop: async () => {
      await stack.stop();
      await Promise.all([good.close(), bad.close(), gone.close()]);
      await redis.remove();
    },
  };
}

/** An hour of traffic that nobody has waited for. */
async function writePast(url: string, webhooks: readonly WebhookId[]): Promise<void> {
  const redis = connect({ address: url, name: "scene", onError: () => undefined });
  await redis.connect();
  const keys = createKeys("posthorn");
  const nowMs = Date.now();
  for (let atMs = nowMs - HOUR_MS; atMs < nowMs - MINUTE_MS; atMs += MINUTE_MS) {
    const wave = 1 + Math.sin(atMs / (7 * MINUTE_MS)) * 0.4 + Math.sin(atMs / (2.3 * MINUTE_MS)) * 0.15;
    const isTrouble = nowMs - atMs < 12 * MINUTE_MS && nowMs - atMs > 4 * MINUTE_MS;
    const flow = {
      ...noFlow(),
      eventsIn: Math.round(41_000 * wave),
      eventsOut: isTrouble ? 0 : Math.round(41_000 * wave),
      batchesOut: isTrouble ? 0 : 5,
      failedAttempts: isTrouble ? 2 : 0,
      latencySumMs: isTrouble ? 9_000 : 5 * 130 * wave,
      latencyMaxMs: isTrouble ? 6_000 : 240 * wave,
    };
    await noteSeries(
      redis,
      keys.partition(0),
      webhooks.map((id) => [id, flow]),
      atMs,
    );
    await noteTotalSeries(redis, keys.definitions, { flow, storedBytes: isTrouble ? 9e6 : 1.5e6 * wave }, atMs);
  }
  redis.disconnect();
}
