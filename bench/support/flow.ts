import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "./deployment.ts";
import { quantile } from "./numbers.ts";

/** From the answer to the sender until the target has the batch, in ms. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** A steady flow of requests, a batch each for the next healthy webhook and for the next of others. */
export interface Flow {
  /** What the healthy ones get from now on, for so many ms or until it is true. */
  measure(until: number | (() => boolean)): Promise<Latencies>;
}

interface FlowOptions {
  readonly healthy: readonly number[];
  readonly others: readonly number[];
  readonly requestsPerSecond: number;
}

/** What has not come so long after the last request is a loss, not a latency. */
const LATEST_MS = 30_000;

export function createFlow({ send, onArrival }: Deployment, options: FlowOptions): Flow {
  const { healthy, others, requestsPerSecond } = options;
  const answeredAtMs = new Map<number, number>();
  const arrivedAtMs = new Map<number, number>();
  let number = 1;
  onArrival((request, atMs) => {
    // Batches of others that are well come here too, under the same number; each healthy one comes alone.
    if (request % 2 === 1) arrivedAtMs.set(request, atMs);
  });

  const sendOne = async (): Promise<number> => {
    // Odd numbers are those of healthy ones, even ones those of the others in the same moment.
    const [own, other] = [number, number + 1];
    number += 2;
    const to = (list: readonly number[]): number[] => list.slice(((own - 1) / 2) % list.length).slice(0, 1);
    await Promise.all([
      send(own, to(healthy)).then(() => answeredAtMs.set(own, performance.timeOrigin + performance.now())),
      ...(others.length === 0 ? [] : [send(other, to(others))]),
    ]);
    return own;
  };

  return {
    measure: async (until) => {
      const startedAtMs = performance.now();
      const sent: Promise<number>[] = [];
      const isOver = typeof until === "number" ? () => performance.now() - startedAtMs > until : until;
      while (!isOver()) {
        sent.push(sendOne());
        await delay(Math.max(0, startedAtMs + (sent.length * 1_000) / requestsPerSecond - performance.now()));
      }
      const numbers = await Promise.all(sent);
      const deadlineMs = performance.now() + LATEST_MS;
      while (numbers.some((one) => !arrivedAtMs.has(one))) {
        if (performance.now() > deadlineMs) throw new Error("a batch of a healthy webhook never came");
        await delay(20);
      }
      const latencies = numbers.map((one) => (arrivedAtMs.get(one) ?? 0) - (answeredAtMs.get(one) ?? 0));
      return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), count: latencies.length };
    },
  };
}
