import { ConfigError } from "./env-reader.ts";
import type { LogLevel } from "./config.ts";
import { letHeapGrow } from "./heap-growth.ts";
import { run } from "./lifecycle.ts";
import type { Part } from "./lifecycle.ts";
import { createLog } from "./log.ts";
import type { Log } from "./log.ts";
import { createScrub } from "./scrub.ts";

interface ServiceConfig {
  readonly logLevel: LogLevel;
  readonly shutdownTimeoutMs: number;
  /** What no line of the log may hold. */
  readonly secrets: readonly string[];
}

interface ServiceOptions<Config> {
  readonly name: string;
  /** Throws `ConfigError`. */
  readonly loadConfig: () => Config;
  readonly parts: (config: Config, log: Log) => readonly Part[];
}

/**
 * Runs a service until it is stopped. What it cannot start or go on for ends the process with exit code 1 and is logged as
 * any error is: printed as it is, that of a Redis command would show events. What is wrong with the configuration is said
 * in words on standard error, and so is what may not be logged.
 */
export async function runService<Config extends ServiceConfig>({
  name,
  loadConfig,
  parts,
}: ServiceOptions<Config>): Promise<void> {
  let log: Log | undefined;
  let scrub = createScrub([]);
  const fail = (error: unknown): never => {
    if (!(error instanceof ConfigError) && log?.isLevelEnabled("fatal") === true) {
      log.fatal({ err: error }, "process.failed");
    } else {
      console.error(scrub(error instanceof Error ? error.message : String(error)));
    }
    process.exit(1);
  };
  letHeapGrow();
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    const config = loadConfig();
    log = createLog(name, config.logLevel, { secrets: config.secrets });
    scrub = createScrub(config.secrets);
    await run(parts(config, log), { log, shutdownTimeoutMs: config.shutdownTimeoutMs });
  } catch (error) {
    fail(error);
  }
}
