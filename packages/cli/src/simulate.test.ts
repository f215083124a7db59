import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseOptions } from "./simulate/options.ts";
import { eventsOf } from "./simulate/origin.ts";
import { play } from "./simulate/play.ts";
import type { Ending } from "./simulate/play.ts";
import { createSender } from "./simulate/sender.ts";
import { Tally } from "./simulate/tally.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = "hang up" | { readonly status: number; readonly retryAfter?: string; readonly body?: string };

let server: Server;
let url: string;
let received: Received[];
/** Answers to give first; afterwards everything is accepted. */
let answers: Answer[];
let folder: string;

beforeEach(async () => {
  received = [];
  answers = [];
  folder = await mkdtemp(join(tmpdir(), "posthorn-simulate-"));
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("latin1");
      received.push({ headers: request.headers, body });
      const answer = answers.shift();
      if (answer === "hang up") return request.socket.destroy();
      const accepted = body.split("\n").length - 1;
      return response
        .writeHead(answer?.status ?? 200, answer?.retryAfter === undefined ? {} : { "retry-after": answer.retryAfter })
        .end(answer?.body ?? JSON.stringify({ results: { id: "1", accepted } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const simulate = (...argv: string[]) => simulateWith(60_000, ...argv);

async function simulateWith(
  patienceMs: number,
  ...argv: string[]
): Promise<{ readonly ending: Ending; readonly tally: Tally }> {
  const parsed = parseOptions([...argv, "--url", url], 1, "");
  if (parsed.kind !== "options") throw new Error(JSON.stringify(parsed));
  const tally = new Tally();
  const { signal } = new AbortController();
  const onRepeat = (): void => {
    tally.repeats += 1;
  };
  const sender = createSender({ url, apiKey: "the-key", signal, patienceMs, durationMs: 500, onRepeat });
  const ending = await play({ options: parsed.options, sender, tally, signal, onAccepted: () => undefined });
  return { ending, tally };
}

test("as many events go out as rate and duration say, in requests no larger than asked for", async () => {
  const { ending, tally } = await simulate("--rate", "2000", "--duration", "500ms", "--batch", "300");
  expect(ending).toEqual({ kind: "complete" });
  expect(tally.accepted).toBe(1_000);
  const lines = received.map(({ body }) => body.trimEnd().split("\n"));
  expect(lines.flat()).toHaveLength(1_000);
  expect(Math.max(...lines.map((request) => request.length))).toBeLessThanOrEqual(300);
  for (const line of lines.flat()) expect(JSON.parse(line)).toHaveProperty("msys");
  expect(received[0]?.headers).toMatchObject({ authorization: "the-key", "content-type": "application/x-ndjson" });
  expect(tally.summary(500)).toContain("1,000 events accepted in 0.5 s, 2,000 events/s");
});

test("the rate is kept: events do not go out before they are due", async () => {
  const startedMs = performance.now();
  await simulate("--rate", "100", "--duration", "600ms");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(590);
});

test("a 503, a conflict and a lost answer are repeated with the same body and Idempotency-Key", async () => {
  answers = [{ status: 503, retryAfter: "0" }, { status: 409, retryAfter: "0" }, "hang up"];
  const { ending, tally } = await simulate("--rate", "1000", "--duration", "100ms");
  expect(ending).toEqual({ kind: "complete" });
  expect(tally).toMatchObject({ accepted: 100, requests: 1, repeats: 3 });
  expect(received).toHaveLength(4);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(new Set(received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
});

test("Retry-After is waited for", async () => {
  answers = [{ status: 503, retryAfter: "1" }];
  const startedMs = performance.now();
  await simulate("--rate", "1000", "--duration", "10ms");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1_000);
});

test("each request has a key of its own", async () => {
  await simulate("--rate", "1000", "--duration", "300ms", "--batch", "100");
  const keys = received.map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(3);
});

test("where nothing is accepted for long it gives up, but not before the duration is over", async () => {
  answers = Array.from({ length: 20_000 }, () => ({ status: 503, retryAfter: "0" }) as const);
  answers[2] = "hang up";
  const startedMs = performance.now();
  const { ending, tally } = await simulateWith(100, "--rate", "1000", "--duration", "100ms");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(600);
  expect(ending).toEqual({ kind: "gave-up", why: expect.stringContaining(`${url} answers 503`) });
  expect(tally).toMatchObject({ accepted: 0, requests: 1 });
});

test("a pause in which there is nothing to send is no reason to give up at the next failure", async () => {
  const { signal } = new AbortController();
  const patienceMs = 100;
  const sender = createSender({ url, apiKey: "k", signal, patienceMs, durationMs: 0, onRepeat: () => undefined });
  expect(await sender.send("{}\n")).toEqual({ kind: "accepted", accepted: 1 });
  // The pause itself is what is tested.
  await delay(3 * patienceMs);
  answers = [{ status: 503, retryAfter: "0" }];
  expect(await sender.send("{}\n")).toEqual({ kind: "accepted", accepted: 1 });
});

test("it does not wait for what never passes", async () => {
  url = "http://127.0.0.1:1";
  const { ending, tally } = await simulate("--duration", "100ms");
  expect(ending).toEqual({ kind: "gave-up", why: "http://127.0.0.1:1 does not answer (bad port)" });
  expect(tally.repeats).toBe(0);
});

test("a refusal ends it and tells the server's message", async () => {
  answers = [{ status: 400, body: '{"errors":[{"message":"no"}]}' }];
  const { ending } = await simulate("--rate", "1000", "--duration", "10ms");
  expect(ending).toEqual({ kind: "refused", status: 400, message: '{"errors":[{"message":"no"}]}' });
  expect(received).toHaveLength(1);
});

test("a file goes out byte for byte, without blank lines, as fast as it is taken", async () => {
  const file = join(folder, "events.ndjson");
  const line = '{ "msys" : {"x":{"type":"delivery","n":1e400,"u":"\u00e9 \\u00e9"}}}';
  await writeFile(file, `${line}\n\n{"broken\r\n${line}`);
  const { tally } = await simulate("--file", file);
  expect(tally.accepted).toBe(3);
  expect(Buffer.from(received[0]?.body ?? "", "latin1").toString()).toBe(`${line}\n{"broken\r\n${line}\n`);
  expect(tally.summary(1)).toMatch(/delivery\s+2\n\s+\(unreadable\)\s+1/);
});

test("a file of long lines is cut into requests of at most 8 MiB", async () => {
  const file = join(folder, "long.ndjson");
  const line = JSON.stringify({ msys: { x: { type: "delivery", text: "x".repeat(3 * 1024 ** 2) } } });
  await writeFile(file, `${line}\n`.repeat(5));
  await simulate("--file", file);
  expect(received.map(({ body }) => body.split("\n").length - 1)).toEqual([2, 2, 1]);
});

test("the same seed plays the same lives, whenever it starts", async () => {
  const ids = async (startMs: number): Promise<string[]> => {
    const found: string[] = [];
    const origin = { kind: "mail-server", durationMs: 2_000, lifeMs: 1_000, seed: 5, eventsPerSecond: 100 } as const;
    for await (const { text } of eventsOf(origin, startMs)) {
      found.push(/"message_id":"(\w+)"/.exec(Buffer.from(text).toString())?.[1] ?? "");
    }
    return found;
  };
  expect(await ids(1_000_000)).toEqual(await ids(9_000_000));
});

test("all mistakes on the command line are told at once", () => {
  const parsed = parseOptions(["--rate", "fast", "--duration", "long", "--url", "nowhere"], 1, "");
  expect(parsed).toMatchObject({ kind: "mistakes" });
  expect(parsed.kind === "mistakes" ? parsed.mistakes : []).toHaveLength(3);
  expect(parseOptions(["--colour"], 1, url)).toMatchObject({ kind: "mistakes" });
  expect(parseOptions(["--file", "x", "--seed", "1"], 1, url)).toMatchObject({ kind: "mistakes" });
  expect(parseOptions(["--help", "--rate", "fast"], 1, url)).toEqual({ kind: "help" });
});

test("the command takes the key from DATA_DIR, prints a summary and ends with 0; without a key it says what to do", async () => {
  const run = (dataDir: string): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const script = `import { main } from "./packages/cli/src/simulate.ts";
        process.exitCode = await main(["--url", "${url}", "--rate", "100", "--duration", "100ms"]);`;
      execFile(
        process.execPath,
        ["--conditions=posthorn-source", "--import", "tsx", "--input-type=module", "-e", script],
        { env: { PATH: process.env["PATH"] ?? "", DATA_DIR: dataDir } },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      );
    });
  await writeFile(join(folder, "api-key"), "ph_from-the-file\n");
  const { code, output } = await run(folder);
  expect(output).toContain("10 events accepted");
  expect(code).toBe(0);
  expect(received[0]?.headers.authorization).toBe("ph_from-the-file");

  const without = await run(join(folder, "nothing-here"));
  expect(without.code).toBe(2);
  expect(without.output).toContain("start Posthorn here (npm start) first");
});
