import { DomainError, parseDefinitions } from "@posthorn/core";
import type { DefinitionsReport } from "@posthorn/core";
import { ConfigError } from "@posthorn/runtime";
import type { Log, Part } from "@posthorn/runtime";
import { configFileError, readConfigFile } from "../config-file.ts";
import { applyDefinitions } from "./apply-definitions.ts";
import type { DefinitionsDeps } from "./apply-definitions.ts";

const VARIABLE = "WEBHOOKS_FILE";

interface WebhooksFileOptions {
  readonly file: string;
  /** Called once the parts before it have started. */
  readonly deps: () => DefinitionsDeps;
  readonly log: Pick<Log, "info" | "error">;
}

/**
 * Makes the webhooks as `WEBHOOKS_FILE` says: at the start, and again on SIGHUP. It starts before the API listens, or
 * the first events would find no webhook. A file that cannot be read or has mistakes keeps the process from starting; a
 * target that does not answer is no mistake. On SIGHUP such a file is logged and changes nothing.
 */
export function createWebhooksFile({ file, deps, log }: WebhooksFileOptions): Part {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const apply = async (): Promise<void> => {
    try {
      const report = await applyDefinitions(deps(), parseDefinitions(readConfigFile(VARIABLE, file)), {
        mode: "provision",
        insist: false,
        patienceMs: Infinity,
        signal: stopping.signal,
      });
      log.info({ file, ...counts(report) }, "webhooks-file.applied");
    } catch (error) {
      // What was not begun any more is done at the next start.
      if (stopping.signal.aborted) return;
      if (error instanceof DomainError && error.code === "INVALID")
        throw configFileError(VARIABLE, file, error.problems);
      throw error;
    }
  };

  return {
    name: "webhooks file",
    start: () => (running = apply()),
    reload: () => {
      running = apply().catch((error: unknown) => {
        if (error instanceof ConfigError) log.error({ file, problems: error.problems }, "webhooks-file.refused");
        else log.error({ file, err: error }, "webhooks-file.not-applied");
      });
      return running;
    },
    stop: async () => {
      stopping.abort(new Error("the process stops"));
      await running.catch(() => undefined);
    },
  };
}

function counts({ created, updated, removed, unchanged, warnings, failed }: DefinitionsReport) {
  return {
    created: created.length,
    updated: updated.length,
    removed: removed.length,
    unchanged,
    warnings: warnings.length,
    failed: failed.length,
  };
}
