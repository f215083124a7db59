import { spawn } from "node:child_process";
import { once } from "node:events";

/** Fails as ioredis does: with the command's arguments in the error. */
const PROGRAM = `
  import { ConfigError, runService } from "@posthorn/runtime";
  const failure = () => Object.assign(new Error("WRONGTYPE Operation against a key"), {
    command: { name: "evalsha", args: ["an event text"] },
  });
  const fail = {
    start: () => { throw failure(); },
    later: () => setTimeout(() => { throw failure(); }),
    unhandled: () => void Promise.reject(failure()),
    config: () => { throw new ConfigError(["PORT: 0x is no port"]); },
  }[process.env.FAILURE];
  await runService({
    name: "test",
    loadConfig: () => ({ logLevel: process.env.LEVEL ?? "info", shutdownTimeoutMs: 1_000, secrets: ["s3cret-of-test"] }),
    parts: () => [{
      name: "part",
      start: async () => { setInterval(() => undefined, 60_000); fail(); },
      stop: async () => undefined,
    }],
  });
`;

async function runFailing(env: Readonly<Record<string, string>>): Promise<{
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const child = spawn(
    process.execPath,
    ["--conditions=posthorn-source", "--import", "tsx", "--input-type=module", "--eval", PROGRAM],
    { cwd: __dirname, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
  const [code] = (await once(child, "close")) as [unknown];
  return { code, stdout, stderr };
}

test.each([
  ["cannot be started", "start"],
  ["throws later", "later"],
  ["leaves a rejection unhandled", "unhandled"],
])(
  "what a process that %s failed for is logged without the arguments of a command, and it exits with 1",
  async (_, failure) => {
    const { code, stdout, stderr } = await runFailing({ FAILURE: failure });
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain("an event text");
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
      level: "fatal",
      service: "test",
      event: "process.failed",
      err: { message: "WRONGTYPE Operation against a key", command: "evalsha" },
    });
  },
  30_000,
);

test("what is wrong with the configuration is said in words, however little is logged", async () => {
  const { code, stdout, stderr } = await runFailing({ FAILURE: "config", LEVEL: "silent" });
  expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("  - PORT: 0x is no port")]);
}, 30_000);
