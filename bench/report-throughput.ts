import { prepareLoad } from "./support/load.ts";
import { median } from "./support/numbers.ts";
import { passThrough, posthorn } from "./throughput.ts";
import type { ThroughputRun } from "./throughput.ts";

export interface ThroughputOptions {
  readonly events: number;
  readonly eventsPerRequest: readonly number[];
  readonly runs: number;
}

/** Measures Posthorn and a process without a store in turns, and prints both. */
export async function reportThroughput({ events, eventsPerRequest, runs }: ThroughputOptions): Promise<void> {
  console.log(`${events} events of about 900 bytes, batches of 10,000, appendfsync always\n`);
  for (const perRequest of eventsPerRequest) {
    const load = prepareLoad(events, perRequest);
    const measured: { baseline: ThroughputRun[]; posthorn: ThroughputRun[] } = { baseline: [], posthorn: [] };
    for (let run = 0; run < runs; run++) {
      process.stderr.write(`${perRequest} events a request, run ${run + 1} of ${runs} …\n`);
      measured.baseline.push(await passThrough(load));
      measured.posthorn.push(await posthorn(load));
    }
    const [baselineRate, rate] = [medianRate(measured.baseline), medianRate(measured.posthorn)];
    const [baselineCpu, cpu] = [medianCpu(measured.baseline), medianCpu(measured.posthorn)];
    const ratio = rate / baselineRate;
    console.table({
      "pass-through": { "events/s": Math.round(baselineRate), ratio: 1, ...rounded(baselineCpu) },
      posthorn: { "events/s": Math.round(rate), ratio: Number(ratio.toFixed(2)), ...rounded(cpu) },
    });
    console.log(
      JSON.stringify({
        scenario: "throughput",
        eventsPerRequest: perRequest,
        ratio,
        rate,
        baselineRate,
        cpu,
        baselineCpu,
      }),
    );
  }
}

function medianRate(runs: readonly ThroughputRun[]): number {
  return median(runs.map((run) => run.eventsPerSecond));
}

function medianCpu(runs: readonly ThroughputRun[]): Record<string, number> {
  const names = Object.keys(runs[0]?.cpu ?? {});
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run.cpu[name] ?? 0))]));
}

function rounded(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [`${name} CPU s/M`, Number(value.toFixed(1))]),
  );
}
