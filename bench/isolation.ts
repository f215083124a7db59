import { setTimeout as delay } from "node:timers/promises";
import { deploy } from "./support/deployment.ts";
import type { Deployment } from "./support/deployment.ts";
import { createFlow } from "./support/flow.ts";
import type { Latencies } from "./support/flow.ts";

/** What healthy webhooks get beside sick ones that are paused, that begin to fail, and that go on failing. */
export interface IsolationTurn {
  readonly without: Latencies;
  /** Only in the first turn: afterwards they are known to fail. */
  readonly beginning?: Latencies;
  readonly beside: Latencies;
}

export interface IsolationOptions {
  readonly workers: number;
  readonly turns: number;
  readonly turnMs: number;
  readonly requestsPerSecond: number;
  readonly backlog: number;
}

const HEALTHY = 50;
const SICK = 50;
/** Longer than three attempts that time out. */
const BEGINNING_MS = 20_000;
/** Attempts in flight when a webhook is paused end within this. */
const ENDING_MS = 7_500;

/** 50 webhooks deliver, 50 hang, refuse, reset or have names that nobody answers for, each with its back-log. */
export async function isolation(options: IsolationOptions): Promise<IsolationTurn[]> {
  const { workers, turns, turnMs, requestsPerSecond, backlog } = options;
  const deployment = await deploy(workers);
  const { call, turn } = deployment;
  try {
    const { healthy, sick, sickIds } = await createWebhooks(deployment);
    const pause = (): Promise<unknown> => Promise.all(sickIds.map((id) => call("POST", `/webhooks/${id}/pause`)));
    const resume = (): Promise<unknown> => Promise.all(sickIds.map((id) => call("POST", `/webhooks/${id}/resume`)));
    await pause();
    await fill(deployment, sick, backlog);
    await turn(["hang", "reset", "refuse"]);
    silence(deployment);

    const flow = createFlow(deployment, { healthy, others: sick, requestsPerSecond });
    await flow.measure(3_000);
    const measured: IsolationTurn[] = [];
    for (let n = 0; n < turns; n++) {
      const without = await flow.measure(turnMs);
      await resume();
      const beginning = n === 0 ? await flow.measure(BEGINNING_MS) : undefined;
      const beside = await flow.measure(turnMs);
      measured.push({ without, beside, ...(beginning === undefined ? {} : { beginning }) });
      await pause();
      await delay(ENDING_MS);
    }
    return measured;
  } finally {
    await deployment.stop();
  }
}

async function createWebhooks(deployment: Deployment) {
  const { dns, ports, createWebhook } = deployment;
  const healthy = Array.from({ length: HEALTHY }, (_, n) => n + 1);
  const sick = Array.from({ length: SICK }, (_, n) => HEALTHY + n + 1);
  for (const subaccount of healthy) {
    dns.answer(`healthy-${subaccount}.test`, { a: ["127.0.0.1"], ttlSeconds: 30 });
    await createWebhook(subaccount, `http://healthy-${subaccount}.test:${ports.well}/`);
  }
  const sickIds: string[] = [];
  for (const subaccount of sick) {
    dns.answer(`sick-${subaccount}.test`, { a: ["127.0.0.1"], ttlSeconds: 1 });
    const targets = [
      `http://127.0.0.1:${ports.hang}/${subaccount}`,
      `http://127.0.0.1:${ports.refuse}/${subaccount}`,
      `http://127.0.0.1:${ports.reset}/${subaccount}`,
      `http://sick-${subaccount}.test:${ports.well}/`,
    ];
    sickIds.push(await createWebhook(subaccount, targets[subaccount % targets.length] ?? ""));
  }
  return { healthy, sick, sickIds };
}

/** From now on nobody answers for the names of sick webhooks. */
function silence({ dns }: Deployment): void {
  for (let subaccount = HEALTHY + 1; subaccount <= HEALTHY + SICK; subaccount++) {
    dns.answer(`sick-${subaccount}.test`, "hang");
  }
}

/** Gives each webhook its back-log, some batches of all of them in each request. */
async function fill({ send }: Deployment, subaccounts: readonly number[], batches: number): Promise<void> {
  const perRequest = 10;
  for (let done = 0; done < batches; done += perRequest) {
    await send(0, subaccounts, Math.min(perRequest, batches - done));
  }
}
