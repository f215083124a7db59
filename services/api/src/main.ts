import { createSecretBox } from "@posthorn/core";
import { ConfigError, createLog, loadApiConfig, run } from "@posthorn/runtime";
import { loadCatalogue } from "./event-types-file.ts";
import { apiParts } from "./parts.ts";

try {
  const config = loadApiConfig(process.env);
  const log = createLog("api", config.logLevel);
  const parts = apiParts({
    config,
    log,
    box: createSecretBox(config.secret, config.secretPrevious),
    catalogue: loadCatalogue(config.eventTypesFile),
  });
  await run(parts, { log, shutdownTimeoutMs: config.shutdownTimeoutMs });
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
