import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockDataDir, startTimeOf } from "./instance-lock.ts";
import { claimPort } from "./ports.ts";
import { generatedText, prepareDataDir } from "./secrets.ts";

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), "posthorn-data-")), "data");
  await prepareDataDir(dir);
});
afterEach(() => rm(join(dir, ".."), { recursive: true, force: true }));

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test("a generated secret is made once, for its owner's eyes only, also when two ask at the same time", async () => {
  const texts = await Promise.all([generatedText(dir, "secret"), generatedText(dir, "secret")]);
  expect(texts[0]?.length).toBeGreaterThanOrEqual(32);
  expect(new Set([...texts, await generatedText(dir, "secret")]).size).toBe(1);
  expect(await mode(dir)).toBe(0o700);
  expect(await mode(join(dir, "secret"))).toBe(0o600);
  expect(await readdir(dir)).toEqual(["secret"]);
});

test("a data folder is held by one process, which is named to the next, until it is released", async () => {
  const first = await lockDataDir(dir);
  expect(first).toMatchObject({ kind: "held", takenOver: false });
  expect(await lockDataDir(dir)).toEqual({ kind: "refused", pid: process.pid });
  if (first.kind === "held") await first.release();
  expect(await lockDataDir(dir)).toMatchObject({ kind: "held", takenOver: false });
});

test("the lock of a process that has died is taken over, also when its id is in use again", async () => {
  const child = spawn(process.execPath, ["--version"]);
  const pid = child.pid ?? 0;
  const startTime = startTimeOf(pid);
  await new Promise((resolve) => child.once("exit", resolve));
  for (const holder of [JSON.stringify({ pid, startTime }), JSON.stringify({ pid: process.pid, startTime }), "torn{"]) {
    await writeFile(join(dir, "launcher.lock"), holder);
    const lock = await lockDataDir(dir);
    expect(lock).toMatchObject({ kind: "held", takenOver: true });
    if (lock.kind === "held") await lock.release();
  }
  expect(await readdir(dir)).toEqual([]);
});

test("a taken port is refused with the variable to change", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const claim = claimPort({ variable: "WORKER_PORT", port, host: "127.0.0.1", patienceMs: 0 });
  await expect(claim).rejects.toThrow(new RegExp(`WORKER_PORT ${port} .* taken .* WORKER_PORT=${port + 10}`));
  const patient = claimPort({ variable: "PORT", port, host: "127.0.0.1", patienceMs: 10_000 });
  await new Promise((resolve) => server.close(resolve));
  expect(await patient).toBe(port);
});
