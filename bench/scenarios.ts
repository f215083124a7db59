import { backlog } from "./backlog.ts";
import { fanout } from "./fanout.ts";
import { latency } from "./latency.ts";
import { recovery } from "./recovery.ts";
import { reportDrain, reportIsolation } from "./report-isolation.ts";
import type { Report } from "./report.ts";
import { shards } from "./shards.ts";
import { small } from "./small.ts";
import { throughput } from "./throughput.ts";
import { webhooks } from "./webhooks.ts";
import { workers } from "./workers.ts";

/** How much is measured: as the figures in the documentation, or so little that it only shows that it works. */
export interface Size {
  readonly isTiny: boolean;
  /** How often each case is measured, in turns. */
  readonly runs: number;
}

/** One thing that can be measured. */
export interface Scenario {
  readonly about: string;
  run(size: Size): Promise<Report>;
}

/** In the order in which they are run and printed. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  throughput: {
    about: "events/s accepted and delivered, beside a process without a store and one job per event",
    run: ({ isTiny, runs }) =>
      throughput({ events: isTiny ? 10_000 : 200_000, eventsPerRequest: isTiny ? [1_000] : [1_000, 100], runs }),
  },
  fanout: {
    about: "the same events to 1, 10 and 50 webhooks",
    run: ({ isTiny, runs }) =>
      fanout({ events: isTiny ? 10_000 : 50_000, webhooks: isTiny ? [1, 10] : [1, 10, 50], runs }),
  },
  latency: {
    about: "how long events wait beyond their batch's window, at half load",
    run: ({ isTiny, runs }) => latency({ seconds: isTiny ? 2 : 30, warmUpEvents: isTiny ? 20_000 : 100_000, runs }),
  },
  small: {
    about: "deliveries/s of batches of one event",
    run: ({ isTiny, runs }) => small({ deliveries: isTiny ? 200 : 20_000, runs }),
  },
  backlog: {
    about: "what waiting events cost while a target is down, and how fast they drain",
    run: ({ isTiny }) =>
      backlog({ events: isTiny ? 20_000 : 1_000_000, eventsPerRequest: isTiny ? [1_000] : [1_000, 100] }),
  },
  webhooks: {
    about: "10 to 10,000 webhooks: cost per event, and what idle ones cost",
    run: ({ isTiny, runs }) =>
      webhooks({ webhooks: isTiny ? [2, 10] : [10, 100, 1_000, 10_000], events: isTiny ? 1_000 : 50_000, runs }),
  },
  workers: {
    about: "1, 2 and 4 processes of each kind: events per CPU-second",
    run: ({ isTiny, runs }) =>
      workers({ processes: isTiny ? [1, 2] : [1, 2, 4], events: isTiny ? 10_000 : 400_000, runs }),
  },
  shards: {
    about: "the same load on one Redis, and on Clusters of 1, 2 and 4 masters",
    run: ({ isTiny, runs }) => shards({ masters: isTiny ? [2] : [1, 2, 4], events: isTiny ? 32_000 : 320_000, runs }),
  },
  isolation: {
    about: "what 50 healthy webhooks notice of 50 that hang, refuse, reset or have names that nobody answers for",
    run: ({ isTiny }) => reportIsolation(isolating(isTiny)),
  },
  drain: {
    about: "what 50 healthy webhooks notice of one that drains its back-log",
    run: ({ isTiny }) => reportDrain(isolating(isTiny)),
  },
  recovery: {
    about: "how long deliveries stay away when a worker or Redis is killed",
    run: ({ runs }) => recovery({ runs }),
  },
};

function isolating(isTiny: boolean) {
  return isTiny
    ? { workers: [1], turns: 1, turnMs: 1_000, requestsPerSecond: 20, backlog: 10 }
    : { workers: [1, 2], turns: 5, turnMs: 10_000, requestsPerSecond: 50, backlog: 1_000 };
}
