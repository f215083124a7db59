import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError, loadApiConfig, loadWorkerConfig } from "@posthorn/runtime";
import type { ApiConfig, WorkerConfig } from "@posthorn/runtime";
import { API_KEY_FILE, SECRET_FILE } from "../launcher/secrets.ts";
import { isGiven } from "../launcher/settings.ts";
import { embeddedRedisUrl } from "../redis/embedded-redis.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What API and worker would be configured with here. */
export interface Environment {
  /** Everything that is wrong with it; the two configurations are there when nothing is. */
  readonly problems: readonly string[];
  readonly api: ApiConfig | undefined;
  readonly worker: WorkerConfig | undefined;
  /** Where Redis is, for people; it may hold a password. */
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  /** `npm start` provides Redis and keeps its data in `dataDir`. */
  readonly isEmbedded: boolean;
}

/** Reads the environment as the services do; what `npm start` has provided in `DATA_DIR` is found there. */
export async function readEnvironment(env: Env): Promise<Environment> {
  const dataDir = resolve(env["DATA_DIR"]?.trim() || ".posthorn");
  const isEmbedded = (env["REDIS_URL"]?.trim() ?? "") === "";
  const port = isEmbedded ? await textIn(dataDir, "redis-port") : "";
  const redisUrl = port === "" ? env["REDIS_URL"]?.trim() : embeddedRedisUrl(Number(port));
  const completed: Env = {
    ...env,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    ...(isGiven(env, "POSTHORN_API_KEY") ? {} : { POSTHORN_API_KEY: await textIn(dataDir, API_KEY_FILE) }),
    ...(isGiven(env, "POSTHORN_SECRET") ? {} : { POSTHORN_SECRET: await textIn(dataDir, SECRET_FILE) }),
  };
  const problems = new Set<string>();
  const api = collect(problems, () => loadApiConfig(completed));
  const worker = collect(problems, () => loadWorkerConfig(completed));
  return { problems: [...problems], api, worker, redisUrl: redisUrl || undefined, dataDir, isEmbedded };
}

async function textIn(dir: string, file: string): Promise<string> {
  return (await readFile(join(dir, file), "utf8").catch(() => "")).trim();
}

/** Each problem counts once, though both services have it. */
function collect<T>(problems: Set<string>, load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const one of error.problems) problems.add(one);
    return undefined;
  }
}
