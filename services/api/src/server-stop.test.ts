import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { waitFor } from "../../../test/support/wait-for.ts";
import { createServerStop } from "./server-stop.ts";

/** A client's connection, and what has come over it. */
interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly ending: () => "open" | "closed" | "reset";
}

const GET = "GET / HTTP/1.1\r\nHost: api\r\n\r\n";
const POST_HEAD = "POST / HTTP/1.1\r\nHost: api\r\nContent-Length: 4\r\n\r\n";
const PATIENT = new AbortController().signal;

let server: Server;
let stop: ReturnType<typeof createServerStop>;
let clients: Client[] = [];
let isConnected: () => number;

async function serve(listener: RequestListener): Promise<void> {
  let connections = 0;
  server = createServer(listener);
  server.on("connection", () => connections++);
  isConnected = () => connections;
  stop = createServerStop(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

async function client(): Promise<Client> {
  const before = isConnected();
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let text = "";
  let ending: ReturnType<Client["ending"]> = "open";
  socket.on("data", (part: Buffer) => (text += part.toString()));
  socket.once("error", () => (ending = "reset"));
  socket.once("close", () => (ending = ending === "open" ? "closed" : ending));
  await waitFor("the connection", () => isConnected() > before);
  const made = { socket, text: () => text, ending: () => ending };
  clients.push(made);
  return made;
}

/** Makes a client's connection one that is kept and idle. */
async function keep({ socket, text }: Client): Promise<void> {
  socket.write(GET);
  await waitFor("an answer", () => text().endsWith("done"));
}

const answersOf = ({ text }: Client): number => text().split("HTTP/1.1 200 OK").length - 1;

afterEach(() => {
  for (const { socket } of clients) socket.destroy();
  clients = [];
  server.closeAllConnections();
  server.close();
});

test("an idle kept connection is closed at once, and nobody is listened to any more", async () => {
  await serve((_request, response) => response.end("done"));
  const kept = await client();
  await keep(kept);
  const { port } = server.address() as AddressInfo;
  await stop(PATIENT);
  await waitFor("the close", () => kept.ending() === "closed");
  const refused = connect(port, "127.0.0.1");
  await expect(new Promise((_, reject) => refused.once("error", reject))).rejects.toMatchObject({
    code: "ECONNREFUSED",
  });
});

test("a request that has come is answered, on its last connection", async () => {
  let finish: (() => void) | undefined;
  await serve((_request, response) => {
    finish = () => response.end("done");
  });
  const asking = await client();
  asking.socket.write(GET);
  await waitFor("the request", () => finish !== undefined);
  const stopped = stop(PATIENT);
  finish?.();
  await stopped;
  await waitFor("the close", () => asking.ending() === "closed");
  expect(asking.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*done$/);
});

test("a body of which a part has come is taken in and answered", async () => {
  let body = "";
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    body = (await buffer(request)).toString();
    response.end("done");
  };
  await serve((request, response) => void take(request, response));
  const asking = await client();
  asking.socket.write(`${POST_HEAD}ab`);
  await waitFor("its part", () => server.listening);
  const stopped = stop(PATIENT);
  await waitFor("the stop", () => !server.listening);
  asking.socket.write("cd");
  await stopped;
  await waitFor("the close", () => asking.ending() === "closed");
  expect(body).toBe("abcd");
  expect(asking.text()).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close[^]*done$/);
});

test("a new connection whose request is on the way is answered; one that says nothing is closed", async () => {
  await serve((_request, response) => response.end("done"));
  const [asking, silent] = [await client(), await client()];
  const stopped = stop(PATIENT);
  await waitFor("the stop", () => !server.listening);
  asking.socket.write(GET);
  await stopped;
  await waitFor("both ends", () => asking.ending() === "closed" && silent.ending() === "closed");
  expect(asking.text()).toMatch(/Connection: close[^]*done$/);
  expect(silent.text()).toBe("");
});

test("a connection that the system has accepted before the stop, and we have not, is served", async () => {
  await serve((_request, response) => response.end("done"));
  const { port } = server.address() as AddressInfo;
  const early = connect(port, "127.0.0.1");
  let text = "";
  early.on("data", (part: Buffer) => (text += part.toString()));
  const ended = new Promise<string>((resolve) => {
    early.once("error", ({ message }) => resolve(message));
    early.once("close", () => resolve("closed"));
  });
  early.write(GET);
  // The handshake is the system's: it needs no turn of our loop.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  await stop(PATIENT);
  expect(await ended).toBe("closed");
  expect(text).toMatch(/Connection: close[^]*done$/);
});

test("requests that came one behind the other are all answered, the last one with the end of the connection", async () => {
  const finish: (() => void)[] = [];
  await serve((_request, response) => finish.push(() => response.end("done")));
  const asking = await client();
  asking.socket.write(`${GET}${GET}`);
  await waitFor("both requests", () => finish.length === 2);
  const stopped = stop(PATIENT);
  for (const answer of finish) answer();
  await stopped;
  await waitFor("the close", () => asking.ending() === "closed");
  expect(answersOf(asking)).toBe(2);
  expect(asking.text().split("Connection: close")).toHaveLength(2);
});

test("an answer that is being written is written to its end", async () => {
  const large = Buffer.alloc(20 * 1024 ** 2, "x");
  await serve((_request, response) => response.end(large));
  const asking = await client();
  asking.socket.pause();
  asking.socket.write(GET);
  await waitFor("its beginning", () => asking.socket.readableLength > 0);
  const stopped = stop(PATIENT);
  await waitFor("the stop", () => !server.listening);
  asking.socket.resume();
  await stopped;
  await waitFor("all of it", () => asking.ending() === "closed");
  expect(asking.text().length).toBeGreaterThan(large.length);
}, 20_000);

test("when patience is over everything is cut", async () => {
  await serve(() => undefined);
  const asking = await client();
  asking.socket.write(`${POST_HEAD}ab`);
  const patience = new AbortController();
  const stopped = stop(patience.signal);
  await waitFor("the stop", () => !server.listening);
  patience.abort();
  await stopped;
  await waitFor("the cut", () => asking.ending() !== "open");
  expect(asking.text()).toBe("");
});
