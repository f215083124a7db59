import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkedFetch } from "./checked-fetch.ts";
import { freePort } from "./free-port.ts";
import type { Answer } from "./stack.ts";

const ROOT = join(__dirname, "..", "..");
const FILES = ["-f", join(ROOT, "docker-compose.yml"), "-f", join(ROOT, "test/support/compose-target.yml")];

export const hasEngine =
  spawnSync("docker", ["version"], { timeout: 10_000 }).status === 0 &&
  spawnSync("docker", ["compose", "version"], { timeout: 10_000 }).status === 0;
if (!hasEngine) console.error("Compose tests: skipped, no Docker engine with compose answers here");

export const withEngine = hasEngine ? test : test.skip;

/** What `target`, the container of compose-target.yml, got in one request. */
export interface TargetRequest {
  readonly batchId?: string;
  readonly token?: string;
  readonly body: string;
}

/** docker-compose.yml, run under a name of its own. */
export interface ComposeProject {
  readonly url: string;
  compose(...args: readonly string[]): Promise<string>;
  /** Those that have ended too. */
  containerIds(service: string): Promise<string[]>;
  /** One call of the API, through the proxy, with the key that `init` has made. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** All that the target got but the test POSTs, in order. */
  targetRequests(): Promise<TargetRequest[]>;
  down(): Promise<void>;
}

export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("docker", args, { maxBuffer: 256 * 1024 ** 2 });
  return stdout.trim();
}

/** An image that cannot be pulled here, made of Debian's packages and what `more` does. */
export async function standIn(image: string, packages: string, more = "true"): Promise<void> {
  const install = `apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists && ${more}`;
  const dockerfile = `FROM debian:bookworm-slim\nRUN ${install}\nENTRYPOINT []\n`;
  const build = promisify(execFile)("docker", ["build", "--quiet", "--network", "host", "--tag", image, "-"]);
  build.child.stdin?.end(dockerfile);
  await build;
}

export async function createProject(env: Record<string, string>): Promise<ComposeProject> {
  const name = `posthorn-test-${randomBytes(4).toString("hex")}`;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const variables = { ...process.env, PORT: String(port), POSTHORN_IMAGE_TAG: "test", ...env };
  const profiles = ["--profile", "demo", "--profile", "monitoring"];
  let apiKey: string | undefined;

  const run = async (args: readonly string[]): Promise<string> => {
    const command = ["compose", "--ansi", "never", "--project-name", name, ...FILES, ...args];
    const options = { cwd: ROOT, env: variables, maxBuffer: 256 * 1024 ** 2 };
    return (await promisify(execFile)("docker", command, options)).stdout;
  };

  return {
    url,
    compose: (...args) => run(args),
    containerIds: async (service) =>
      (await run([...profiles, "ps", "--all", "--quiet", service])).split("\n").filter((id) => id !== ""),
    call: async (method, path, body, headers = {}) => {
      apiKey ??= (await run(["run", "--rm", "--no-TTY", "init", "show-key"])).trim();
      const answer = await checkedFetch(url, path, {
        method,
        headers: { authorization: apiKey, "content-type": "application/json", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const json = answer.text === "" ? {} : (JSON.parse(answer.text) as Record<string, unknown>);
      return { status: answer.status, headers: answer.headers, body: json };
    },
    targetRequests: async () => {
      const lines = (await run(["logs", "--no-log-prefix", "--no-color", "target"])).split("\n");
      // Compose may put terminal codes in front of a line.
      return lines
        .flatMap((line) => /\{.*/.exec(line) ?? [])
        .map((line) => JSON.parse(line) as TargetRequest)
        .filter(({ body }) => body !== '[{"msys":{}}]');
    },
    down: async () => {
      await run([...profiles, "down", "--volumes", "--timeout", "5"]);
    },
  };
}
