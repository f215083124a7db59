import { Agent as HttpAgent } from "node:http";
import type { ClientRequest } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Guard } from "./guard/guard.ts";
import type { Tunnel } from "./proxy/tunnel.ts";
import { readAfterReset } from "./read-after-reset.ts";

/** The connections to targets, kept for the next attempt. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export interface AgentsOptions {
  /** False: each connection serves one attempt. */
  readonly keepAlive: boolean;
  /** More attempts than this on one target wait for a connection; their time runs. */
  readonly maxSocketsPerTarget?: number;
  /** Decides who is connected to. */
  readonly guard: Guard;
  /** Makes the connections instead of this process. */
  readonly tunnel?: Tunnel;
  /** Whose certificates to trust, PEM; the platform's authorities unless given. */
  readonly ca?: Buffer | string;
}

/** Idle connections to ten thousand targets would use up the process's file descriptors. */
const IDLE_MS = 60_000;
/** The platform's 250 ms are too short for a far target that has addresses of both families. */
const FAMILY_ATTEMPT_MS = 1_000;

interface Use {
  /** When the connection, TLS included, was ready for this use; by `performance.now()`. */
  readonly readyAtMs: number | undefined;
  /** Bytes read from it before this use. */
  readonly bytesReadBefore: number;
}

/** The current use of each connection. */
const uses = new WeakMap<Duplex, Use>();

export function createAgents({ keepAlive, maxSocketsPerTarget, guard, tunnel, ca }: AgentsOptions): Agents {
  const options = {
    keepAlive,
    timeout: IDLE_MS,
    scheduling: "lifo",
    maxFreeSockets: 64,
    autoSelectFamilyAttemptTimeout: FAMILY_ATTEMPT_MS,
    lookup: guard.lookup,
    ...(maxSocketsPerTarget === undefined ? {} : { maxSockets: maxSocketsPerTarget }),
  } as const;
  return {
    http: watch(new HttpAgent(options), guard, tunnel),
    https: watch(new HttpsAgent(ca === undefined ? options : { ...options, ca }), guard, tunnel),
  };
}

/** When the request's connection was ready to take the body; `undefined` if it never was. */
export function readyAtMs(request: ClientRequest): number | undefined {
  return useOf(request)?.readyAtMs;
}

/** True when the target sent nothing at all on this request's connection since the request got it. */
export function isUnanswered(request: ClientRequest): boolean {
  return useOf(request)?.bytesReadBefore === request.socket?.bytesRead;
}

function useOf({ socket }: { readonly socket: Socket | null }): Use | undefined {
  return socket === null ? undefined : uses.get(socket);
}

function watchSocket(socket: Socket): Socket {
  const isReady = !(socket instanceof TLSSocket) && !socket.connecting;
  const bytesReadBefore = isReady ? socket.bytesRead : 0;
  uses.set(socket, { readyAtMs: isReady ? performance.now() : undefined, bytesReadBefore });
  socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", () =>
    uses.set(socket, { readyAtMs: performance.now(), bytesReadBefore: 0 }),
  );
  readAfterReset(socket);
  return socket;
}

function watch<A extends HttpAgent>(agent: A, guard: Guard, tunnel: Tunnel | undefined): A {
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const fail = (error: Error): undefined => {
      // The socket is looked at only where there is no error.
      process.nextTick(() => callback?.(error, new Socket()));
      return undefined;
    };
    const refusal = tunnel === undefined ? guard.refuse(options) : guard.refuseUnresolved(options);
    if (refusal !== undefined) return fail(refusal);
    if (tunnel === undefined) return watchSocket(create(options, callback) as Socket);
    const open = async (): Promise<void> => {
      const through = await tunnel.open({ host: options.host ?? "", port: Number(options.port) });
      // TLS is spoken with the target, through the proxy.
      const over = { ...options, socket: through };
      const socket = agent instanceof HttpsAgent ? (create(over) as Socket) : through;
      callback?.(null, watchSocket(socket));
    };
    open().catch(fail);
    return undefined;
  };
  const keep = agent.keepSocketAlive.bind(agent);
  // Typed as if it returned nothing.
  agent.keepSocketAlive = (socket): unknown => {
    // What comes while nothing is asked would be taken for the answer to the next request, or a part of it.
    socket.once("data", destroyStray);
    return keep(socket);
  };
  const reuse = agent.reuseSocket.bind(agent);
  agent.reuseSocket = (socket, request) => {
    socket.off("data", destroyStray);
    uses.set(socket, { readyAtMs: performance.now(), bytesReadBefore: (socket as Socket).bytesRead });
    reuse(socket, request);
  };
  return agent;
}

function destroyStray(this: Duplex): void {
  this.destroy();
}
