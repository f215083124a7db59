import { createSecretBox } from "@posthorn/core";
import { createDeliver, createTestPost } from "@posthorn/delivery";
import { ConfigError, createLog, loadApiConfig, run } from "@posthorn/runtime";
import { loadCatalogue } from "./event-types-file.ts";
import { apiParts } from "./parts.ts";

try {
  const config = loadApiConfig(process.env);
  const log = createLog("api", config.logLevel);
  const { deliver } = createDeliver({ userAgent: config.userAgent, timeoutMs: config.deliveryTimeoutMs });
  const parts = apiParts({
    config,
    log,
    testPost: createTestPost(deliver),
    box: createSecretBox(config.secret),
    catalogue: loadCatalogue(config.eventTypesFile),
  });
  await run(parts, { log, shutdownTimeoutMs: config.shutdownTimeoutMs });
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
