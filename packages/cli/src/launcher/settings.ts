import { isIP } from "node:net";
import { resolve } from "node:path";
import { ConfigError, loadApiConfig, loadWorkerConfig } from "@posthorn/runtime";

export type Env = Readonly<Record<string, string | undefined>>;

export interface LauncherSettings {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** 0 when the worker shows no health. */
  readonly workerPort: number;
  readonly apiStopMs: number;
  readonly workerStopMs: number;
}

/** A service ends by itself a little after its own patience is over; only then is it killed. */
const STOP_MARGIN_MS = 2_000;

const LOOPBACK = "127.0.0.0/8,::1";

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "";
}

/** Collects what both services say against the environment, each problem once. */
function collect<T>(problems: Set<string>, load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) problems.add(problem);
    return undefined;
  }
}

/**
 * Checks the environment as API and worker will, before anything starts; what the launcher itself provides may be
 * missing. Throws a `ConfigError` with every problem.
 */
export function readSettings(env: Env): LauncherSettings {
  const provided = {
    ...env,
    REDIS_URL: isSet(env["REDIS_URL"]) ? env["REDIS_URL"] : "redis://127.0.0.1",
    ...(isGiven(env, "POSTHORN_API_KEY") ? {} : { POSTHORN_API_KEY: "generated-in-data-dir" }),
    ...(isGiven(env, "POSTHORN_SECRET") ? {} : { POSTHORN_SECRET: "generated-in-data-dir" }),
  };
  const problems = new Set<string>();
  const api = collect(problems, () => loadApiConfig(provided));
  const worker = collect(problems, () => loadWorkerConfig(provided));
  if (api !== undefined && worker !== undefined && api.port === worker.workerPort && api.port !== 0) {
    problems.add(`PORT and WORKER_PORT are both ${api.port}: give each its own`);
  }
  if (api === undefined || worker === undefined || problems.size > 0) throw new ConfigError([...problems]);
  return {
    dataDir: resolve(isSet(env["DATA_DIR"]) ? String(env["DATA_DIR"]) : ".posthorn"),
    host: api.host,
    port: api.port,
    workerPort: worker.workerPort,
    apiStopMs: api.shutdownTimeoutMs + STOP_MARGIN_MS,
    workerStopMs: worker.shutdownTimeoutMs + STOP_MARGIN_MS,
  };
}

/** True when `name` is set, or the file that holds its value is named. */
export function isGiven(env: Env, name: "POSTHORN_API_KEY" | "POSTHORN_SECRET"): boolean {
  return isSet(env[name]) || isSet(env[`${name}_FILE`]);
}

/** True when only this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** `TARGET_ALLOW` with loopback added, so that a receiver on this machine can be tried out. */
export function allowLoopback(targetAllow: string | undefined): string {
  return targetAllow !== undefined && isSet(targetAllow) ? `${targetAllow},${LOOPBACK}` : LOOPBACK;
}

/** The address at which this machine reaches a service that listens on `host`. */
export function localUrl(host: string, port: number): string {
  const everywhere = host === "0.0.0.0" || host === "::";
  const name = everywhere ? "127.0.0.1" : isIP(host) === 6 ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
