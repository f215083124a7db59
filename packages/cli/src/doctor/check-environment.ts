import type { Environment } from "./environment.ts";
import { ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";

const OLDEST_NODE = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return isNewEnough
    ? ok("node", `Node ${version}`)
    : problem("node", `Node ${version} is too old`, `install Node ${OLDEST_NODE.join(".")} or newer`);
}

/** Every problem of the configuration, as the services would tell it at their start. */
export function checkConfiguration({ problems, isEmbedded, redisUrl, dataDir }: Environment): readonly Finding[] {
  if (isEmbedded && redisUrl === undefined) {
    return [
      problem(
        "configuration",
        `REDIS_URL is not set, and ${dataDir} is not the DATA_DIR of a Posthorn that was started here`,
        "set REDIS_URL and what else the services get, or give the DATA_DIR of npm start",
      ),
    ];
  }
  if (problems.length === 0) return [ok("configuration", "The configuration can be read")];
  return problems.map((text) => problem("configuration", text, "correct the variable, then start the services anew"));
}
