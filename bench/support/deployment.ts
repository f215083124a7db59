import { fileURLToPath } from "node:url";
import { startDnsServer } from "../../test/support/dns-server.ts";
import type { DnsServer } from "../../test/support/dns-server.ts";
import { createSender } from "./load.ts";
import { startPosthorn } from "./posthorn.ts";
import { startBenchProcess } from "./processes.ts";
import type { Illness, TargetsMessage, Turn } from "./targets.ts";

const BATCH_EVENTS = 10;
const PRELOAD = fileURLToPath(new URL("use-dns-server.mjs", import.meta.url));

/** Posthorn with small batches, its targets and its DNS, for measurements of who holds up whom. */
export interface Deployment {
  readonly dns: DnsServer;
  readonly ports: Readonly<Record<Illness | "well", number>>;
  /** Makes a webhook that gets the events of its own subaccount. */
  createWebhook(subaccount: number, target: string): Promise<string>;
  /** A management call; fails unless it is answered with 2xx. */
  call(method: string, path: string): Promise<Record<string, unknown>>;
  /** Sends so many batches to each of the subaccounts in one request, told apart by `request`. */
  send(request: number, subaccounts: readonly number[], batches?: number): Promise<void>;
  /** Which targets are sick from now on. */
  turn(sick: readonly Illness[]): Promise<void>;
  /** Called for each batch that a target took, with the number of its request. */
  onArrival(listener: (request: number, atMs: number) => void): void;
  stop(): Promise<void>;
}

export async function deploy(workers: number, env: Record<string, string> = {}): Promise<Deployment> {
  const dns = await startDnsServer();
  const targets = await startBenchProcess("support/targets.ts", []);
  const { ports } = targets.hello as Extract<TargetsMessage, { kind: "ready" }>;
  const posthorn = await startPosthorn({
    workers,
    env: {
      BATCH_MAX_EVENTS: String(BATCH_EVENTS),
      NODE_OPTIONS: `--import ${PRELOAD}`,
      BENCH_DNS_SERVER: dns.address,
      ...env,
    },
  });
  const sender = createSender(posthorn.urls);

  return {
    dns,
    ports,
    createWebhook: (subaccount, target) => posthorn.createWebhook(target, { subaccount, events: ["delivery"] }),
    call: (method, path) => posthorn.call(method, path),
    send: async (number, subaccounts, batches = 1) => {
      const texts = subaccounts.flatMap((subaccount) => {
        const text = `{"msys":{"message_event":{"type":"delivery","subaccount_id":${subaccount},"request":${number}}}}`;
        return Array.from({ length: batches * BATCH_EVENTS }, () => text);
      });
      await sender.post(Buffer.from(`[${texts.join(",")}]`));
    },
    turn: async (sick) => {
      const turned = new Promise<void>((resolve) => {
        const hear = (message: TargetsMessage): void => {
          if (message.kind !== "turned") return;
          targets.child.off("message", hear);
          resolve();
        };
        targets.child.on("message", hear);
      });
      targets.child.send({ sick } satisfies Turn);
      await turned;
    },
    onArrival: (listener) => {
      targets.child.on("message", (message: TargetsMessage) => {
        if (message.kind === "arrived") listener(message.request, message.atMs);
      });
    },
    stop: async () => {
      sender.close();
      await Promise.all([posthorn.stop(), targets.stop()]);
      await dns.close();
    },
  };
}
