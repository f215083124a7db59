export { ConfigError, loadApiConfig, loadWorkerConfig, VERSION } from "./config.ts";
export type { ApiConfig, LogLevel, WorkerConfig } from "./config.ts";
export { run } from "./lifecycle.ts";
export type { Part } from "./lifecycle.ts";
export { createLog } from "./log.ts";
export type { Log } from "./log.ts";
export { parseDurationMs, parseSizeBytes } from "./quantities.ts";
export { createWarnSparingly } from "./warn-sparingly.ts";
export type { WarnSparingly } from "./warn-sparingly.ts";
