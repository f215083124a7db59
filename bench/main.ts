import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { reportDrain, reportIsolation } from "./report-isolation.ts";
import { reportThroughput } from "./report-throughput.ts";

const HELP = `npm run bench [throughput|isolation|drain] -- [options]

throughput   accepts and delivers events on this machine, generator and target included, and compares with a process
             that does the same without a store (pass-through), in turns
             [--events 100000] [--requests 1000,100] [--runs 3]
isolation    what 50 healthy webhooks get without and beside 50 that hang, refuse, reset or have names that nobody
             answers for, each with a back-log, in turns
drain        what 50 healthy webhooks get without and beside one that recovers and drains its back-log, in turns
             [--workers 1,2] [--turns 5] [--seconds 10] [--rate 50] [--backlog 1000]

Medians of several runs or turns; Redis with appendfsync always.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: "string", default: "100000" },
    requests: { type: "string", default: "1000,100" },
    runs: { type: "string", default: "3" },
    workers: { type: "string", default: "1,2" },
    turns: { type: "string", default: "5" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "50" },
    backlog: { type: "string", default: "1000" },
    help: { type: "boolean", default: false },
  },
});

const isolating = {
  workers: values.workers.split(",").map(Number),
  turns: Number(values.turns),
  turnMs: Number(values.seconds) * 1_000,
  requestsPerSecond: Number(values.rate),
  backlog: Number(values.backlog),
};
const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  throughput: () =>
    reportThroughput({
      events: Number(values.events),
      eventsPerRequest: values.requests.split(",").map(Number),
      runs: Number(values.runs),
    }),
  isolation: () => reportIsolation(isolating),
  drain: () => reportDrain(isolating),
};

const scenarios = (positionals.length === 0 ? ["throughput"] : positionals).map((name) => SCENARIOS[name]);
if (values.help || scenarios.includes(undefined)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
console.log(
  `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}`,
);
for (const scenario of scenarios) await scenario?.();
