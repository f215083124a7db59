import { createSecretBox } from "@posthorn/core";
import { loadWorkerConfig, runService } from "@posthorn/runtime";
import { workerParts } from "./parts.ts";

await runService({
  name: "worker",
  loadConfig: () => loadWorkerConfig(process.env),
  parts: (config, log) => workerParts({ config, log, box: createSecretBox(config.secret, config.secretPrevious) }),
});
