import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../../../test/support/wait-for.ts";

const PROGRAM = join(__dirname, "../../../docs/examples/spool-sender.mjs");

interface Received {
  readonly key: string;
  readonly body: string;
}

let server: Server;
let spool: string;
let received: Received[];
/** What the server answers; "hang up" loses the answer after the request was read. */
let answer: (request: Received) => number | "hang up";
let senders: ChildProcess[];

beforeEach(async () => {
  received = [];
  senders = [];
  answer = () => 200;
  spool = await mkdtemp(join(tmpdir(), "posthorn-spool-"));
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const got = { key: String(request.headers["idempotency-key"]), body };
      received.push(got);
      const status = answer(got);
      if (status === "hang up") request.socket.destroy();
      else response.writeHead(status, { "retry-after": "0" }).end('{"errors":[{"message":"no"}]}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  for (const sender of senders) sender.kill("SIGKILL");
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(spool, { recursive: true, force: true });
});

function startSender(): ChildProcess {
  const { port } = server.address() as AddressInfo;
  const sender = spawn(process.execPath, [PROGRAM], {
    env: {
      PATH: process.env["PATH"] ?? "",
      POSTHORN_URL: `http://127.0.0.1:${port}`,
      POSTHORN_API_KEY: "the-key",
      SPOOL_DIR: spool,
    },
    stdio: ["pipe", "ignore", "ignore"],
  });
  senders.push(sender);
  return sender;
}

async function finish(sender: ChildProcess, input = ""): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => sender.once("exit", resolve));
  sender.stdin?.end(input);
  return ended;
}

function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, n) => `{"msys":{"x":{"type":"delivery","n":${from + n}}}}\n`).join("");
}

test("everything read is sent in order of files of at most 1,000 events, and the spool is empty afterwards", async () => {
  expect(await finish(startSender(), lines(0, 2_500))).toBe(0);
  expect(received.map(({ body }) => body.split("\n").length - 1).toSorted((a, b) => a - b)).toEqual([
    500, 1_000, 1_000,
  ]);
  const sent = received.flatMap(({ body }) => body.trimEnd().split("\n"));
  expect(new Set(sent)).toEqual(new Set(lines(0, 2_500).trimEnd().split("\n")));
  expect(await readdir(spool)).toEqual(["rejected"]);
}, 20_000);

test("a 503 and a lost answer are repeated under the same Idempotency-Key with the same body", async () => {
  answer = () => (received.length === 1 ? 503 : received.length === 2 ? "hang up" : 200);
  expect(await finish(startSender(), lines(0, 3))).toBe(0);
  expect(received).toEqual([received[0], received[0], received[0]]);
}, 20_000);

test("after a crash, the next sender sends what was spooled under the same key", async () => {
  answer = () => 503;
  const first = startSender();
  first.stdin?.write(lines(0, 10));
  await waitFor("the first try", () => received.length > 0);
  first.kill("SIGKILL");
  answer = () => 200;
  const before = received.length;
  expect(await finish(startSender())).toBe(0);
  expect(received.length).toBeGreaterThan(before);
  expect(received.at(-1)).toEqual(received[0]);
  expect(received[0]?.body).toBe(lines(0, 10));
}, 20_000);

test("a refused file moves aside with the reason, and the others go on", async () => {
  answer = ({ body }) => (body.includes('"n":0}') ? 400 : 200);
  expect(await finish(startSender(), lines(0, 1_001))).toBe(0);
  const [kept, reason] = (await readdir(join(spool, "rejected"))).toSorted();
  expect(await readFile(join(spool, "rejected", kept ?? ""), "utf8")).toBe(lines(0, 1_000));
  expect(await readFile(join(spool, "rejected", reason ?? ""), "utf8")).toBe('400 {"errors":[{"message":"no"}]}\n');
  expect(received).toHaveLength(2);
}, 20_000);
