import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkedFetch } from "../support/checked-fetch.ts";
import { freePort } from "../support/free-port.ts";
import { event } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const ROOT = join(__dirname, "..", "..");
const FILES = ["-f", join(ROOT, "docker-compose.yml"), "-f", join(ROOT, "test/support/compose-target.yml")];

const hasEngine =
  spawnSync("docker", ["version"], { timeout: 10_000 }).status === 0 &&
  spawnSync("docker", ["compose", "version"], { timeout: 10_000 }).status === 0;
if (!hasEngine) console.error("Compose test: skipped, no Docker engine with compose answers here");

const withEngine = hasEngine ? test : test.skip;
const project = `posthorn-test-${randomBytes(4).toString("hex")}`;
let env: NodeJS.ProcessEnv;

async function compose(...args: readonly string[]): Promise<string> {
  const command = ["compose", "--ansi", "never", "--project-name", project, ...FILES, ...args];
  const { stdout } = await promisify(execFile)("docker", command, { cwd: ROOT, env, maxBuffer: 64 * 1024 ** 2 });
  return stdout;
}

async function containerIds(service: string): Promise<string[]> {
  return (await compose("--profile", "demo", "ps", "--quiet", service)).split("\n").filter((id) => id !== "");
}

afterAll(async () => {
  if (hasEngine) await compose("--profile", "demo", "down", "--volumes", "--timeout", "5");
}, 120_000);

withEngine(
  "docker compose up serves: a webhook is created, an event sent, and its batch received, by the demo receiver too",
  async () => {
    const port = await freePort();
    env = { ...process.env, PORT: String(port), POSTHORN_IMAGE_TAG: "test", BATCH_MAX_WAIT: "500ms" };
    env["TARGET_ALLOW"] = "receiver,target";
    await compose("--profile", "demo", "up", "--build", "--wait", "--quiet-pull", "--scale", "worker=2");
    const key = (await compose("run", "--rm", "--no-TTY", "init", "show-key")).trim();
    expect(key).toMatch(/^ph_/);

    const call = async (path: string, body: unknown): Promise<number> => {
      const { status } = await checkedFetch(`http://127.0.0.1:${port}`, path, {
        method: "POST",
        headers: { authorization: key, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return status;
    };
    const webhook = { name: "compose", target: "http://target:9000/", events: ["delivery"], auth_token: "let-me-in" };
    expect(await call("/api/v1/webhooks", webhook)).toBe(200);
    const demo = { name: "demo", target: "http://receiver:9000/", events: ["delivery"] };
    expect(await call("/api/v1/webhooks", demo)).toBe(200);
    // It is opened by its name only: the network that it is in stays closed.
    const { stdout } = await promisify(execFile)("docker", ["inspect", ...(await containerIds("receiver"))]);
    const [address = ""] = /(?<="IPAddress": ")[\d.]+/.exec(stdout) ?? [];
    expect(address).not.toBe("");
    expect(await call("/api/v1/webhooks", { ...demo, target: `http://${address}:9000/` })).toBe(400);
    expect(await call("/api/v1/events", [event(1), event(2)])).toBe(200);

    const received = await waitFor(
      "the batch",
      async () => {
        const lines = (await compose("logs", "--no-log-prefix", "--no-color", "target")).split("\n");
        // Compose may put terminal codes in front of a line.
        const requests = lines
          .flatMap((line) => /\{.*/.exec(line) ?? [])
          .map((line) => JSON.parse(line) as { batchId?: string; token?: string; body: string });
        return requests.find(({ body }) => body !== '[{"msys":{}}]');
      },
      20_000,
    );
    expect(received).toMatchObject({ token: "let-me-in", body: JSON.stringify([event(1), event(2)]) });
    expect(received.batchId).toBeTruthy();
    await waitFor(
      "the batch in the demo receiver's log",
      async () => / {2}2 events: delivery 2 {2}-> {2}200/.test(await compose("--profile", "demo", "logs", "receiver")),
      20_000,
    );
  },
  10 * 60_000,
);
