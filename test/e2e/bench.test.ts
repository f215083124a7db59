import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUN = ["--conditions=posthorn-source", "--import", "tsx", "bench/main.ts", "--tiny"];
/** A tiny run of all of them takes two minutes on a quiet machine with two cores. */
const PATIENCE_MS = 600_000;

const run = promisify(execFile);

interface Printed {
  readonly scenario: string;
  readonly rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly goals: readonly { readonly measured: number }[];
}

async function bench(...args: readonly string[]): Promise<Printed[]> {
  const { stdout } = await run(process.execPath, [...RUN, ...args], { cwd: ROOT, timeout: PATIENCE_MS });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Printed);
}

test(
  "every scenario of the benchmark runs, and gives figures for all that it names",
  async () => {
    const reports = await bench();
    expect(reports.map(({ scenario }) => scenario)).toEqual([
      "throughput",
      "fanout",
      "latency",
      "small",
      "backlog",
      "webhooks",
      "workers",
      "shards",
      "isolation",
      "drain",
      "recovery",
    ]);
    for (const { rows, goals } of reports) {
      const figures = Object.values(rows)
        .flatMap((row) => Object.values(row))
        .filter((value) => typeof value === "number");
      expect(figures.length).toBeGreaterThan(0);
      expect([...figures, ...goals.map(({ measured }) => measured)].every(Number.isFinite)).toBe(true);
    }
  },
  PATIENCE_MS,
);

test("a scenario that there is not is named with those that there are", async () => {
  await expect(bench("thruput")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("There is no scenario thruput"),
    stdout: expect.stringContaining("throughput"),
  });
});
