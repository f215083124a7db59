import { createSecretBox } from "@posthorn/core";
import { loadApiConfig, runService } from "@posthorn/runtime";
import { loadCatalogue } from "./event-types-file.ts";
import { apiParts } from "./parts.ts";

await runService({
  name: "api",
  loadConfig: () => loadApiConfig(process.env),
  parts: (config, log) =>
    apiParts({
      config,
      log,
      box: createSecretBox(config.secret, config.secretPrevious),
      catalogue: loadCatalogue(config.eventTypesFile),
    }),
});
