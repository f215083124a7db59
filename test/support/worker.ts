import { createSecretBox } from "@posthorn/core";
import { createLog, loadWorkerConfig } from "@posthorn/runtime";
import { workerParts } from "../../services/worker/src/parts.ts";

/** A worker process' parts, run inside the test's process. */
export interface TestWorker {
  stop(): Promise<void>;
}

export async function startWorker(redisUrl: string, env: Record<string, string> = {}): Promise<TestWorker> {
  const config = loadWorkerConfig({
    REDIS_URL: redisUrl,
    POSTHORN_SECRET: "a secret for tests",
    WORKER_PORT: "0",
    TARGET_ALLOW: "127.0.0.0/8",
    DELIVERY_TIMEOUT: "500ms",
    LOG_LEVEL: "silent",
    ...env,
  });
  const log = createLog("worker", config.logLevel, { secrets: config.secrets });
  const parts = workerParts({ config, log, box: createSecretBox(config.secret, config.secretPrevious) });
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop(AbortSignal.abort());
  };
  try {
    for (const part of parts) await part.start();
  } catch (error) {
    // What has started would keep the test's process from ending.
    await stop();
    throw error;
  }
  return { stop };
}
