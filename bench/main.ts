import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { prepareLoad } from "./support/load.ts";
import { passThrough, posthorn } from "./throughput.ts";
import type { ThroughputRun } from "./throughput.ts";

const HELP = `npm run bench [throughput] -- [--events 100000] [--requests 1000,100] [--runs 3]

Accepts and delivers events on this machine, generator and target included, and compares with a process that does the
same without a store (pass-through), in turns. Medians of several runs; Redis with appendfsync always.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: "string", default: "100000" },
    requests: { type: "string", default: "1000,100" },
    runs: { type: "string", default: "3" },
    help: { type: "boolean", default: false },
  },
});
if (values.help || positionals.some((name) => name !== "throughput")) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function medianRate(runs: readonly ThroughputRun[]): number {
  return median(runs.map((run) => run.eventsPerSecond));
}

function medianCpu(runs: readonly ThroughputRun[]): Record<string, number> {
  const names = Object.keys(runs[0]?.cpu ?? {});
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run.cpu[name] ?? 0))]));
}

const events = Number(values.events);
console.log(
  `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}`,
);
console.log(`${events} events of about 900 bytes, batches of 10,000, appendfsync always\n`);
for (const eventsPerRequest of values.requests.split(",").map(Number)) {
  const load = prepareLoad(events, eventsPerRequest);
  const runs: { baseline: ThroughputRun[]; posthorn: ThroughputRun[] } = { baseline: [], posthorn: [] };
  for (let run = 0; run < Number(values.runs); run++) {
    process.stderr.write(`${eventsPerRequest} events a request, run ${run + 1} of ${values.runs} …\n`);
    runs.baseline.push(await passThrough(load));
    runs.posthorn.push(await posthorn(load));
  }
  const [baselineRate, rate] = [medianRate(runs.baseline), medianRate(runs.posthorn)];
  const [baselineCpu, cpu] = [medianCpu(runs.baseline), medianCpu(runs.posthorn)];
  const ratio = rate / baselineRate;
  console.table({
    "pass-through": { "events/s": Math.round(baselineRate), ratio: 1, ...rounded(baselineCpu) },
    posthorn: { "events/s": Math.round(rate), ratio: Number(ratio.toFixed(2)), ...rounded(cpu) },
  });
  console.log(
    JSON.stringify({ scenario: "throughput", eventsPerRequest, ratio, rate, baselineRate, cpu, baselineCpu }),
  );
}

function rounded(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [`${name} CPU s/M`, Number(value.toFixed(1))]),
  );
}
