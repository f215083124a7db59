import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { waitFor } from "../../../test/support/wait-for.ts";
import { parseOptions } from "./receiver/options.ts";

interface Running {
  readonly url: string;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  readonly child: ChildProcess;
}

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** The command in a process of its own, as `npm run receiver` runs it. */
function run(...argv: string[]): Omit<Running, "url"> {
  const script = `import { main } from "./packages/cli/src/receiver.ts";
    process.exitCode = await main(${JSON.stringify(argv)});`;
  const child = spawn(
    process.execPath,
    ["--conditions=posthorn-source", "--import", "tsx", "--input-type=module", "-e", script],
    { env: { PATH: process.env["PATH"] ?? "" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (output += part.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { output: () => output, ended, child };
}

async function start(...argv: string[]): Promise<Running> {
  const running = run("--port", "0", ...argv);
  const url = await waitFor("the receiver listening", () => /http:\S+/.exec(running.output())?.[0], 20_000);
  return { ...running, url };
}

const event = (type: string): unknown => ({ msys: { message_event: { type } } });

function post(url: string, events: unknown, headers: Record<string, string> = {}, timeoutMs = 5_000) {
  return fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { "x-messagesystems-batch-id": "batch-1", ...headers },
    body: typeof events === "string" ? events : JSON.stringify(events),
    signal: AbortSignal.timeout(timeoutMs),
  });
}

test("each batch is a line: time, id, how often seen, events, types, answer; SIGTERM ends it with 0", async () => {
  const { url, output, child, ended } = await start();
  await post(url, [event("open"), event("delivery"), event("delivery"), {}, null, event("\u001b[31mred")]);
  await post(url, [event("open")]);
  await post(url, [{ msys: {} }], { "x-messagesystems-batch-id": "77c2b630-d712-11e4-9642-efc2723b99c1" });
  expect((await post(url, "{broken")).status).toBe(400);
  expect((await fetch(url)).status).toBe(405);
  await waitFor("all lines", () => output().includes("no batch"));
  const lines = output().trim().split("\n").slice(1);
  expect(lines).toEqual([
    expect.stringMatching(
      /^\d\d:\d\d:\d\d {2}batch batch-1 {2}1st time {2}6 events: delivery 2, \(no type\) 2, open 1, \\u001b\[31mred 1 {2}-> {2}200$/,
    ),
    expect.stringMatching(/ {2}batch batch-1 {2}2nd time {2}1 event: open 1 {2}-> {2}200$/),
    expect.stringMatching(/ {2}test POST {2}-> {2}200$/),
    expect.stringMatching(/ {2}no batch \(its body is no JSON\) {2}-> {2}400 /),
  ]);
  // Plain text where nobody looks at a terminal.
  expect(output()).toMatch(/^[\n\x20-\x7e]*$/);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
}, 30_000);

test("it refuses with status and Retry-After until it recovers, and test POSTs not at all", async () => {
  const { url, output } = await start("--status", "503", "--retry-after", "7", "--recover-after", "2");
  expect((await post(url, [{ msys: {} }])).status).toBe(200);
  const refused = await post(url, [event("open")]);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "7"]);
  expect((await post(url, [event("open")])).status).toBe(503);
  expect((await post(url, [event("open")])).status).toBe(200);
  await waitFor("the third try's line", () => /3rd time.*-> {2}200/.test(output()));
  expect(output()).toMatch(/1st time.*-> {2}503, Retry-After 7/);
}, 30_000);

test("it hangs, drips, resets and redirects; and stops although connections are open", async () => {
  const [hanging, dripping, resetting, redirecting] = await Promise.all([
    start("--hang"),
    start("--drip"),
    start("--reset"),
    start("--redirect", "http://127.0.0.1:1/elsewhere"),
  ]);
  const timesOut = { name: "TimeoutError" };
  await expect(post(hanging.url, [event("open")], {}, 700)).rejects.toMatchObject(timesOut);
  await expect(post(dripping.url, [event("open")], {}, 700)).rejects.toMatchObject(timesOut);
  await expect(post(resetting.url, [event("open")])).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  const redirected = await post(redirecting.url, [event("open")]);
  expect([redirected.status, redirected.headers.get("location")]).toEqual([302, "http://127.0.0.1:1/elsewhere"]);
  const pending = post(hanging.url, [event("open")]).catch(() => undefined);
  await waitFor("the second hanging batch", () => hanging.output().includes("2nd time"));
  hanging.child.kill("SIGINT");
  expect(await hanging.ended).toBe(0);
  await pending;
}, 30_000);

test("it waits before it answers, and refuses a wrong token", async () => {
  const { url, output } = await start("--delay", "300", "--token", "t0ken");
  const token = { "x-messagesystems-webhook-token": "t0ken" };
  const startedMs = performance.now();
  expect((await post(url, [event("open")], token)).status).toBe(200);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(295);
  expect((await post(url, [event("open")])).status).toBe(401);
  expect((await post(url, [{ msys: {} }], { "x-messagesystems-webhook-token": "other" })).status).toBe(401);
  await waitFor("the refusal's line", () => output().includes("test POST  ->  401 (wrong token)"));
}, 30_000);

test("bad arguments end it with 2, a taken port with 1, each with what to do; --help with 0", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  const [bad, busy, help] = [run("--status", "banana"), run("--port", String(port)), run("--help")];
  expect([await bad.ended, await busy.ended, await help.ended]).toEqual([2, 1, 0]);
  taken.close();
  expect(bad.output()).toBe("--status banana is no whole number from 200 to 599: give e.g. --status 503\n");
  expect(busy.output()).toContain(`Port ${port} is taken: end what listens there`);
  expect(help.output()).toContain("--recover-after");
}, 30_000);

test.each([
  [["--hang", "--reset"], "--hang and --reset exclude each other"],
  [["--status", "500", "--drip"], "--status and --drip exclude each other"],
  [["--redirect", "nowhere"], "--redirect nowhere is no URL"],
  [["--retry-after", "5"], "--retry-after goes with an answer that is no success"],
  [["--hang", "--retry-after", "5"], "--retry-after goes with an answer that is no success"],
  [["--recover-after", "3"], "--recover-after has nothing to recover from"],
  [["--port", "70000"], "--port 70000 is no whole number from 0 to 65535"],
  [["--colour"], "--help lists the options"],
  [["--host", "receiver"], "is no address"],
  [["9000"], "--help lists the options"],
])("%j is a mistake that is told", (argv, message) => {
  const parsed = parseOptions(argv);
  expect(parsed).toMatchObject({ kind: "mistakes", mistakes: [expect.stringContaining(message)] });
});

test("all mistakes are told at once", () => {
  const parsed = parseOptions(["--port", "x", "--delay", "y", "--hang", "--drip"]);
  expect(parsed.kind === "mistakes" ? parsed.mistakes : []).toHaveLength(3);
});
