import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { startRedisServer } from "../redis-server.ts";
import type { RedisServer } from "../redis-server.ts";
import { waitFor } from "../wait-for.ts";
import { ask, told } from "./ask.ts";

/** A Redis Cluster on loopback. */
export interface RedisCluster {
  /** `REDIS_URL`. */
  readonly url: string;
  readonly nodes: readonly RedisServer[];
  /** Who serves a key now, as the living nodes say. */
  masterOf(key: string): Promise<RedisServer>;
  masters(): Promise<RedisServer[]>;
  /** Waits until another node than `before` serves the key. */
  awaitFailover(key: string, before: RedisServer): Promise<RedisServer>;
  /** Waits until each master has a replica that follows it. */
  awaitReplicas(): Promise<void>;
  /** Begins to move the slot of a key, without any key of it. */
  beginMove(key: string, to: RedisServer): Promise<SlotMove>;
  /** Moves the slot of a key with all that is in it to another master, some keys at a time. */
  moveSlot(
    key: string,
    to: RedisServer,
    options: { readonly keysAtATime: number; readonly pauseMs: number },
  ): Promise<void>;
  remove(): Promise<void>;
}

interface SlotMove {
  /** Moves so many of its keys; false when there is none left. */
  moveKeys(count: number): Promise<boolean>;
  /** The other master has it from now on. */
  finish(): Promise<void>;
  /** It stays where it is, with what is still there. */
  giveUp(): Promise<void>;
}

interface ClusterOptions {
  readonly masters: number;
  readonly replicasEach: number;
  readonly settings?: readonly string[];
}

const SLOTS = 16_384;
const PATIENCE_MS = 60_000;
/** A node that is silent for so long is replaced. */
const NODE_TIMEOUT_MS = 2_000;

interface Slots {
  readonly from: number;
  readonly to: number;
  readonly port: number;
}

/** Forms a Cluster; `masters` of its nodes share all slots evenly, and each has its replicas. */
export async function startRedisCluster({
  masters,
  replicasEach,
  settings = [],
}: ClusterOptions): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: masters * (1 + replicasEach) }, () => startNode(settings)));
  const byPort = (port: number): RedisServer => {
    const node = nodes.find((one) => one.port === port);
    if (node === undefined) throw new Error(`no node on port ${port}`);
    return node;
  };
  const idOf = async ({ port }: RedisServer): Promise<string> => String(await ask(port, "CLUSTER", "MYID"));

  /** As the first node that lives and belongs to the Cluster sees it. */
  const slots = async (): Promise<Slots[]> => {
    for (const { port } of nodes) {
      if ((await told(port, ["CLUSTER", "INFO"], "cluster_state")) !== "ok") continue;
      const rows = (await ask(port, "CLUSTER", "SLOTS")) as [number, number, [string, number]][];
      return rows.map(([from, to, [, served]]) => ({ from, to, port: served }));
    }
    return [];
  };

  const slotOf = async (key: string): Promise<number> => {
    for (const { port } of nodes) {
      const slot = await ask(port, "CLUSTER", "KEYSLOT", key).catch(() => undefined);
      if (slot !== undefined) return Number(slot);
    }
    throw new Error("no node answers");
  };

  const find = async (key: string): Promise<RedisServer | undefined> => {
    const slot = await slotOf(key);
    const range = (await slots()).find(({ from, to }) => from <= slot && slot <= to);
    return range === undefined ? undefined : byPort(range.port);
  };

  const cluster: RedisCluster = {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}`,
    nodes,
    masterOf: (key) => waitFor(`a master of ${key}`, () => find(key), PATIENCE_MS),
    masters: async () => [...new Set((await slots()).map(({ port }) => port))].map(byPort),
    awaitFailover: (key, before) =>
      waitFor(
        `another master of ${key}`,
        async () => {
          const now = await find(key).catch(() => undefined);
          return now !== undefined && now !== before && now;
        },
        PATIENCE_MS,
      ),
    awaitReplicas: async () => {
      await waitFor(
        "a replica of each master",
        async () => {
          const ports = [...new Set((await slots()).map(({ port }) => port))];
          const online = await Promise.all(
            ports.map(async (port) =>
              /state=online/.test(String(await ask(port, "INFO", "replication").catch(() => ""))),
            ),
          );
          return ports.length === masters && online.every(Boolean);
        },
        PATIENCE_MS,
      );
    },
    beginMove: async (key, to) => {
      const [slot, from] = [await slotOf(key), await cluster.masterOf(key)];
      const [fromId, toId] = await Promise.all([idOf(from), idOf(to)]);
      await ask(to.port, "CLUSTER", "SETSLOT", slot, "IMPORTING", fromId);
      await ask(from.port, "CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
      return {
        moveKeys: async (count) => {
          const keys = (await ask(from.port, "CLUSTER", "GETKEYSINSLOT", slot, count)) as string[];
          if (keys.length === 0) return false;
          await ask(from.port, "MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", ...keys);
          return true;
        },
        finish: async () => {
          for (const node of [to, from]) await ask(node.port, "CLUSTER", "SETSLOT", slot, "NODE", toId);
        },
        giveUp: async () => {
          for (const node of [from, to]) await ask(node.port, "CLUSTER", "SETSLOT", slot, "STABLE");
        },
      };
    },
    moveSlot: async (key, to, { keysAtATime, pauseMs }) => {
      const move = await cluster.beginMove(key, to);
      while (await move.moveKeys(keysAtATime)) await delay(pauseMs);
      await move.finish();
    },
    remove: async () => {
      await Promise.all(nodes.map((node) => node.remove()));
    },
  };
  try {
    await form(nodes, masters);
    await waitFor(
      "a Cluster in good order",
      async () => {
        const states = await Promise.all(nodes.map(({ port }) => told(port, ["CLUSTER", "INFO"], "cluster_state")));
        return states.every((state) => state === "ok");
      },
      PATIENCE_MS,
    );
    if (replicasEach > 0) await cluster.awaitReplicas();
    return cluster;
  } catch (error) {
    await cluster.remove();
    throw error;
  }
}

async function startNode(settings: readonly string[]): Promise<RedisServer & { readonly busPort: number }> {
  const busPort = await freePort();
  const own = {
    "cluster-enabled": "yes",
    "cluster-port": busPort,
    // One that is alone would not know.
    "cluster-announce-ip": "127.0.0.1",
    "cluster-node-timeout": NODE_TIMEOUT_MS,
    // One that was down for a while takes over all the same.
    "cluster-replica-validity-factor": 0,
  };
  const node = await startRedisServer([
    ...Object.entries(own).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...settings,
  ]);
  return { ...node, busPort };
}

async function form(nodes: readonly (RedisServer & { readonly busPort: number })[], masters: number): Promise<void> {
  for (const [index, { port }] of nodes.entries()) {
    await ask(port, "CLUSTER", "SET-CONFIG-EPOCH", index + 1);
    if (index >= masters) continue;
    const [from, to] = [index, index + 1].map((share) => Math.floor((share * SLOTS) / masters));
    await ask(port, "CLUSTER", "ADDSLOTSRANGE", from ?? 0, (to ?? SLOTS) - 1);
  }
  const [first, ...others] = nodes;
  if (first === undefined) return;
  for (const { port, busPort } of others) await ask(first.port, "CLUSTER", "MEET", "127.0.0.1", port, busPort);
  await waitFor(
    "the nodes knowing each other",
    async () => {
      const known = await Promise.all(nodes.map(({ port }) => told(port, ["CLUSTER", "INFO"], "cluster_known_nodes")));
      return known.every((count) => Number(count) === nodes.length);
    },
    PATIENCE_MS,
  );
  for (const [index, { port }] of nodes.slice(masters).entries()) {
    const master = nodes[index % masters];
    if (master === undefined) continue;
    const id = String(await ask(master.port, "CLUSTER", "MYID"));
    await waitFor("the master being known", () =>
      ask(port, "CLUSTER", "REPLICATE", id).then(
        () => true,
        () => false,
      ),
    );
  }
}
