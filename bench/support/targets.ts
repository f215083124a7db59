import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How targets are while they are sick; all others are well. */
export type Illness = "hang" | "reset" | "refuse" | "fail";

/** What the process tells its parent. */
export type TargetsMessage =
  | { readonly kind: "ready"; readonly ports: Readonly<Record<Illness | "well", number>> }
  /** A batch of the request that was told in its events has come; by the clock of `epochMs`. */
  | { readonly kind: "arrived"; readonly request: number; readonly atMs: number }
  | { readonly kind: "turned" };

/** What it is told: which targets are sick from now on. */
export interface Turn {
  readonly sick: readonly Illness[];
}

/**
 * The targets of a measurement, a port for each illness and one that is always well.
 *
 * usage: targets.ts
 */
const ILLNESSES: readonly Illness[] = ["hang", "reset", "refuse", "fail"];
const sick = new Set<Illness>();

const tell = (message: TargetsMessage): void => {
  process.send?.(message);
};

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("latin1")) text += String(part);
  return text;
}

async function answerWell(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const number = /"request":(\d+)/.exec(body)?.[1];
  response.end();
  if (number === undefined) return;
  tell({ kind: "arrived", request: Number(number), atMs: performance.timeOrigin + performance.now() });
}

async function answer(illness: Illness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!sick.has(illness)) return answerWell(request, response);
  await readBody(request);
  if (illness === "reset") response.socket?.resetAndDestroy();
  if (illness === "fail") response.writeHead(500).end();
}

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function serve(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Server {
  const listener: RequestListener = (request, response) => {
    handle(request, response).catch(() => response.destroy());
  };
  return createServer(listener);
}

const servers = Object.fromEntries(
  ILLNESSES.map((illness) => [illness, serve((request, response) => answer(illness, request, response))]),
) as Record<Illness, Server>;
const ports = { well: await listen(serve(answerWell)), hang: 0, reset: 0, refuse: 0, fail: 0 };
for (const illness of ILLNESSES) ports[illness] = await listen(servers[illness]);

process.on("message", (turn: Turn) => {
  void (async () => {
    sick.clear();
    for (const illness of turn.sick) sick.add(illness);
    const { refuse } = servers;
    if (sick.has("refuse") && refuse.listening) {
      refuse.close();
      refuse.closeAllConnections();
    }
    if (!sick.has("refuse") && !refuse.listening) await listen(refuse, ports.refuse);
    for (const illness of ILLNESSES) if (!sick.has(illness)) servers[illness].closeAllConnections();
    tell({ kind: "turned" });
  })();
});
tell({ kind: "ready", ports });
