import { parseArgs } from "node:util";

export const USAGE = `Sends events through Posthorn while its processes and its Redis are killed, frozen, restarted and cut off, then accounts
for every event that was accepted.

usage: npm run chaos -- [options]

  --minutes 5      how long there are faults; recovery and accounts come after (a fraction such as 0.5 will do)
  --seed 42        the same seed makes the same plan of faults (default: a random one); when what happens falls into
                   which moment of a real machine's work still differs
  --rate 400       events per second
  --keep-logs      keeps the logs also when all is well
  --help

Exits with 0 when nothing was lost, nothing doubled but whole batches under one id, and everything recovered.`;

export interface ChaosOptions {
  readonly durationMs: number;
  readonly seed: number;
  readonly eventsPerSecond: number;
  readonly keepLogs: boolean;
}

export type ParsedOptions =
  | { readonly kind: "options"; readonly options: ChaosOptions }
  | { readonly kind: "help" }
  | { readonly kind: "mistakes"; readonly mistakes: readonly string[] };

/** More would be more than the records of a batch's fate hold. */
const MINUTES_MAX = 15;

/** Reads the command line; a mistake is never silently a default, and all are told at once. */
export function parseOptions(argv: readonly string[], randomSeed: number): ParsedOptions {
  const mistakes: string[] = [];
  const values = parse(argv, mistakes);
  if (values === undefined) return { kind: "mistakes", mistakes };
  if (values.help) return { kind: "help" };

  const number = (name: string, text: string, isGood: (value: number) => boolean, expected: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !isGood(value)) mistakes.push(`--${name} ${text} is not ${expected}`);
    return value;
  };
  const minutes = number(
    "minutes",
    values.minutes,
    (value) => value >= 0.1 && value <= MINUTES_MAX,
    `a number from 0.1 to ${MINUTES_MAX}`,
  );
  const isSeed = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 32;
  const seed = number("seed", values.seed ?? String(randomSeed), isSeed, "a whole number below 2^32");
  const isRate = (value: number): boolean => Number.isInteger(value) && value >= 10 && value <= 20_000;
  const eventsPerSecond = number("rate", values.rate, isRate, "a whole number from 10 to 20000");
  if (mistakes.length > 0) return { kind: "mistakes", mistakes };
  return {
    kind: "options",
    options: {
      durationMs: Math.round(minutes * 60_000),
      seed,
      eventsPerSecond,
      keepLogs: values["keep-logs"],
    },
  };
}

function parse(argv: readonly string[], mistakes: string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        minutes: { type: "string", default: "5" },
        seed: { type: "string" },
        rate: { type: "string", default: "400" },
        "keep-logs": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    mistakes.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
