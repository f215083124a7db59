import { parseArgs } from "node:util";
import { createSecretBox } from "@posthorn/core";
import { shownRedisAddress, VERSION } from "@posthorn/runtime";
import { examineStore } from "@posthorn/store";
import { checkConfiguration, checkNode } from "./doctor/check-environment.ts";
import { checkArchiveDir, checkDataDir } from "./doctor/check-folders.ts";
import { checkBacklog, checkData, checkProcesses, checkSetAside } from "./doctor/check-installation.ts";
import { checkRedis } from "./doctor/check-redis.ts";
import { checkWebhooks } from "./doctor/check-webhooks.ts";
import { readEnvironment } from "./doctor/environment.ts";
import type { Environment } from "./doctor/environment.ts";
import { findingsText, problem } from "./doctor/finding.ts";
import type { Finding } from "./doctor/finding.ts";
import { lookAtFolder } from "./doctor/folders.ts";

type Env = Readonly<Record<string, string | undefined>>;

const USAGE = `Examines an installation, and says what to change.

usage: npm run doctor [-- --json]

It reads the environment as API and worker do, or what npm start has made in DATA_DIR, and asks Redis. It changes nothing.
The exit code is 1 when there is a problem; warnings leave it 0.

  --json   the findings as JSON: check, level (ok, warning or problem), text and advice of each
  --help`;

/** The command `doctor`. Returns the exit code. */
export async function main(argv: readonly string[], env: Env = process.env): Promise<number> {
  const options = parse(argv);
  if (typeof options === "string") {
    console.error(options);
    return 2;
  }
  if (options.help === true) {
    console.log(USAGE);
    return 0;
  }
  const findings = await examine(env);
  console.log(options.json === true ? JSON.stringify({ findings }, null, 2) : findingsText(findings));
  return findings.some(({ level }) => level === "problem") ? 1 : 0;
}

async function examine(env: Env): Promise<readonly Finding[]> {
  const environment = await readEnvironment(env);
  const { dataDir, isEmbedded, worker } = environment;
  const archive = worker?.archive;
  return [
    checkNode(process.versions.node),
    ...checkConfiguration(environment),
    ...checkDataDir(await lookAtFolder(dataDir), isEmbedded),
    ...(archive === undefined ? [] : checkArchiveDir(await lookAtFolder(archive.dir), archive.maxFiles)),
    ...(await examineRedis(environment)),
  ];
}

async function examineRedis({ api, worker, redisUrl = "" }: Environment): Promise<readonly Finding[]> {
  const config = worker ?? api;
  // What is wrong with the configuration has been said.
  if (config === undefined) return [];
  try {
    const store = await examineStore({
      address: config.redis,
      durability: config.durability,
      backlog: { totalBytes: config.backlogMaxBytes, webhookBytes: config.webhookBacklogMaxBytes },
    });
    const findings = checkRedis(store.redis);
    const { data } = store;
    if (data.kind === "unreadable") {
      const text = `What is stored cannot be read now: ${data.why}`;
      return [...findings, problem("data", text, "first see to what is said of Redis")];
    }
    return [
      ...findings,
      ...checkData(data, createSecretBox(config.secret, config.secretPrevious)),
      ...checkProcesses(data, VERSION),
      ...checkBacklog(data.backlog),
      ...checkSetAside(data.setAside, worker?.archive !== undefined),
      ...checkWebhooks(data, Date.now()),
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      problem(
        "redis-reachable",
        `Redis at ${shownRedisAddress(redisUrl)} cannot be examined: ${why}`,
        "start it, or correct REDIS_URL",
      ),
    ];
  }
}

function parse(argv: readonly string[]): { readonly json?: boolean; readonly help?: boolean } | string {
  try {
    const flag = { type: "boolean" } as const;
    return parseArgs({ args: [...argv], options: { json: flag, help: { ...flag, short: "h" } } }).values;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}; --help lists the options`;
  }
}
