import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReceiver } from "../support/receiver.ts";
import { freshDatabase, startStack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const README = join(__dirname, "..", "..", "README.md");

/** The README's blocks for the tutorial, by name, in their order. */
async function tutorialBlocks(): Promise<Map<string, string>> {
  const text = await readFile(README, "utf8");
  const blocks = [...text.matchAll(/^```sh\n# tutorial:(\S+)\n(.*?)^```$/gms)];
  return new Map(blocks.map(([, name = "", commands = ""]) => [name, commands]));
}

/** One shell for all blocks, as a reader has one terminal. */
function startShell(cwd: string) {
  const shell = spawn("bash", ["--noprofile", "--norc", "-e"], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  let hasEnded = false;
  shell.stdout.on("data", (part: Buffer) => (output += part.toString()));
  shell.stderr.on("data", (part: Buffer) => (output += part.toString()));
  shell.once("exit", () => (hasEnded = true));
  return {
    /** Runs commands and resolves to what they printed; fails when one of them does. */
    run: async (commands: string): Promise<string> => {
      const mark = `end-of-block-${randomUUID()}`;
      const from = output.length;
      shell.stdin.write(`${commands}\necho ${mark}\n`);
      await waitFor(`the end of:\n${commands}`, () => {
        if (hasEnded) throw new Error(`the shell ended in:\n${commands}\nafter printing:\n${output.slice(from)}`);
        return output.includes(mark);
      });
      return output.slice(from, output.indexOf(mark));
    },
    stop: () => shell.kill("SIGKILL"),
  };
}

test("the README's tutorial works when its blocks are pasted one after the other", async () => {
  const blocks = await tutorialBlocks();
  expect([...blocks.keys()]).toEqual(["key", "specify", "create", "inject", "engage", "confirm", "delete"]);

  const receiver = await startReceiver();
  const stack = await startStack({ redisUrl: await freshDatabase(), env: { BATCH_MAX_WAIT: "2s" } });
  const folder = await mkdtemp(join(tmpdir(), "posthorn-tutorial-"));
  await mkdir(join(folder, ".posthorn"));
  await writeFile(join(folder, ".posthorn/api-key"), `${stack.apiKey}\n`);
  const shell = startShell(folder);
  // The ports of the tutorial may be in use here.
  const run = (name: string): Promise<string> =>
    shell.run(
      (blocks.get(name) ?? "")
        .replaceAll("http://127.0.0.1:8080", stack.url)
        .replaceAll("http://127.0.0.1:9000", `http://127.0.0.1:${receiver.port}`),
    );
  try {
    await run("key");
    await run("specify");

    const created = await run("create");
    expect(created).toMatch(/"results":\{"id":"[0-9a-f-]{36}","links":\[\{"href":"http:/);
    expect(receiver.tests).toHaveLength(1);
    expect(receiver.tests[0]?.token).toBe("a-secret-of-your-own");

    expect(await run("inject")).toContain('"accepted":2');
    expect(await run("engage")).toContain('"accepted":2');
    await waitFor("all four events", () => receiver.batches.flatMap(({ events }) => events).length === 4);
    const [batch] = receiver.batches;
    expect(receiver.batches).toHaveLength(1);
    expect(batch?.token).toBe("a-secret-of-your-own");
    const text = batch?.body.toString() ?? "";
    const places = ["injection", "delivery", "open", "click"].map((type) => text.indexOf(`"type": "${type}"`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);

    const confirmed = await waitFor("the success to be recorded", async () => {
      const printed = await run("confirm");
      return printed.includes("last_successful") ? printed : undefined;
    });
    expect(confirmed).toContain('"name":"Example webhook"');
    expect(confirmed).toContain('{"results":[]}');

    await run("delete");
    expect(await readdir(folder)).toEqual([".posthorn"]);
    expect((await stack.call("GET", "/api/v1/webhooks")).body["results"]).toEqual([]);
  } finally {
    shell.stop();
    await stack.stop();
    await receiver.close();
    await rm(folder, { recursive: true });
  }
}, 60_000);
