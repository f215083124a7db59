import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createDelayedSocket } from "./delayed-socket.ts";
import type { DelayedSocket } from "./delayed-socket.ts";
import { createRespReader } from "./resp.ts";
import { scriptOf } from "./script-names.ts";

/** A request on its way to Redis. */
export interface RedisRequest {
  /** In upper case. */
  readonly command: string;
  readonly args: readonly Buffer[];
  /** The Lua script that it runs: the file of one of ours, e.g. `append.lua`, or one of BullMQ's, e.g. `moveToFinished`. */
  readonly script: string | undefined;
  /** What the connection calls itself by `CLIENT SETNAME`, e.g. `posthorn-fresh-0`. */
  readonly connection: string;
}

/** A point at which a connection stands still. */
export interface Hold {
  /** Resolves when the point is reached. */
  readonly reached: Promise<void>;
  release(): void;
}

/** A real TCP proxy in front of a real Redis, for faults at exact moments. */
export interface RedisProxy {
  /** Of the proxy, with the database of the URL it was started with. */
  readonly url: string;
  /** Resets every connection, or those of that name; new ones are accepted. */
  cut(isMeant?: (connection: string) => boolean): void;
  /** Resets every connection and refuses new ones. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** From now on these connections swallow what is sent, both ways, and stay; new ones are not concerned. */
  halfOpen(isMeant?: (connection: string) => boolean): void;
  /** Delays every request and every reply by this long. */
  latency(ms: number): void;
  /** Ends what the calls above did: half-open connections are reset. */
  heal(): Promise<void>;
  /**
   * Stands still at the first request that matches: before Redis has seen it, or when Redis has answered it. All that
   * comes behind it on its connection waits too; other connections go on.
   */
  hold(point: { readonly match: (request: RedisRequest) => boolean; readonly at: "request" | "reply" }): Hold;
  close(): Promise<void>;
}

interface Connection {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly toRedis: DelayedSocket;
  readonly toClient: DelayedSocket;
  name: string;
  isSilent: boolean;
  /** Replies of a subscriber come unasked. */
  isSubscriber: boolean;
  /** Requests without a reply so far, in order; those whose reply is to be held have a hold. */
  readonly unanswered: (PendingHold | undefined)[];
}

interface PendingHold {
  readonly match: (request: RedisRequest) => boolean;
  readonly at: "request" | "reply";
  reach(stopped: DelayedSocket): void;
}

const UNASKED_REPLIES = /^(?:[PS]?SUBSCRIBE|MONITOR)$/;

/** Starts the proxy on a port of its own. */
export async function startRedisProxy(redisUrl: string): Promise<RedisProxy> {
  const target = new URL(redisUrl);
  const connections = new Set<Connection>();
  const holds = new Set<PendingHold>();
  let latencyMs = 0;
  let port = 0;
  let server: Server | undefined;

  const takeHold = (request: RedisRequest): PendingHold | undefined => {
    for (const hold of holds) {
      if (!hold.match(request)) continue;
      holds.delete(hold);
      return hold;
    }
    return undefined;
  };

  const passRequest = (connection: Connection, raw: Buffer, args: readonly Buffer[]): void => {
    const request = toRequest(args, connection.name);
    if (request.command === "CLIENT" && String(args[1]).toUpperCase() === "SETNAME") connection.name = String(args[2]);
    if (UNASKED_REPLIES.test(request.command)) connection.isSubscriber = true;
    const hold = takeHold(request);
    if (hold?.at === "request") hold.reach(connection.toRedis);
    connection.unanswered.push(hold?.at === "reply" ? hold : undefined);
    connection.toRedis.send(raw);
  };

  const passReply = (connection: Connection, raw: Buffer): void => {
    const hold = connection.isSubscriber ? undefined : connection.unanswered.shift();
    // Redis does not know the script: it is sent again, with its text.
    if (hold !== undefined && raw.toString("latin1", 0, 9) === "-NOSCRIPT") holds.add(hold);
    else hold?.reach(connection.toClient);
    connection.toClient.send(raw);
  };

  const serve = (client: Socket): void => {
    const upstream = connect(Number(target.port), target.hostname);
    const connection: Connection = {
      client,
      upstream,
      toRedis: createDelayedSocket(upstream, () => latencyMs),
      toClient: createDelayedSocket(client, () => latencyMs),
      name: "",
      isSilent: false,
      isSubscriber: false,
      unanswered: [],
    };
    connections.add(connection);
    const readRequests = createRespReader(({ raw, parts }) => passRequest(connection, raw, parts));
    const readReplies = createRespReader(({ raw }) => passReply(connection, raw));
    for (const [socket, read, other] of [
      [client, readRequests, connection.toRedis],
      [upstream, readReplies, connection.toClient],
    ] as const) {
      socket.setNoDelay(true);
      socket.on("data", (bytes) => {
        if (!connection.isSilent) read(bytes);
      });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        // Of half-open ones, neither side knows of the other's end.
        if (connection.isSilent && !(client.destroyed && upstream.destroyed)) return;
        connections.delete(connection);
        other.end();
      });
    }
  };

  const accept = async (): Promise<void> => {
    if (server !== undefined) return;
    const listening = createServer(serve);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(port, "127.0.0.1", resolve));
    ({ port } = listening.address() as AddressInfo);
  };

  const cut = (isMeant: (connection: string) => boolean = () => true): void => {
    for (const { client, upstream, name } of connections) {
      if (!isMeant(name)) continue;
      reset(client);
      upstream.destroy();
    }
  };

  const refuse = async (): Promise<void> => {
    const closed = new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
    cut();
    await closed;
  };

  await accept();
  const url = new URL(redisUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);

  return {
    url: url.href,
    cut,
    refuse,
    accept,
    halfOpen: (isMeant = () => true) => {
      for (const connection of connections) connection.isSilent ||= isMeant(connection.name);
    },
    latency: (ms) => {
      latencyMs = ms;
    },
    heal: async () => {
      latencyMs = 0;
      for (const { client, upstream, isSilent } of connections) {
        if (!isSilent) continue;
        reset(client);
        upstream.destroy();
      }
      await accept();
    },
    hold: ({ match, at }) => {
      let stopped: DelayedSocket | undefined;
      let isReleased = false;
      let resolveReached: (() => void) | undefined;
      const reached = new Promise<void>((resolve) => (resolveReached = resolve));
      const pending: PendingHold = {
        match,
        at,
        reach: (socket) => {
          stopped = socket;
          if (!isReleased) socket.stop();
          resolveReached?.();
        },
      };
      holds.add(pending);
      return {
        reached,
        release: () => {
          isReleased = true;
          holds.delete(pending);
          stopped?.go();
        },
      };
    },
    close: refuse,
  };
}

/** A connection that is ending anyway cannot be reset: Node would never let go of it. */
function reset(socket: Socket): void {
  if (socket.readyState === "open") socket.resetAndDestroy();
  else socket.destroy();
}

function toRequest(args: readonly Buffer[], connection: string): RedisRequest {
  const command = String(args[0]).toUpperCase();
  return { command, args, script: scriptOf(command, args[1]), connection };
}
