import { createSecretBox } from "@posthorn/core";
import { ConfigError, createLog, loadWorkerConfig, run } from "@posthorn/runtime";
import { workerParts } from "./parts.ts";

try {
  const config = loadWorkerConfig(process.env);
  const log = createLog("worker", config.logLevel);
  const parts = workerParts({ config, log, box: createSecretBox(config.secret, config.secretPrevious) });
  await run(parts, { log, shutdownTimeoutMs: config.shutdownTimeoutMs });
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
