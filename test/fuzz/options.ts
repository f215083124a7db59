import { parseArgs } from "node:util";

export const USAGE = `Sends requests that nobody expects to an API process on a Redis of its own: any input to any route, events in every
wrong form, and bytes that are hardly HTTP. Looks at every answer.

usage: npm run fuzz -- [options]

  --requests 100000   how many
  --seed 7            the same seed makes the same requests (default: a random one); their order on the machine differs
  --connections 24    how many are sent at the same time
  --minutes 20        when the time is over before all were sent, that is a failure too
  --help

Exits with 0 when no answer was a 5xx or out of the API's shape, the process lived, its memory stayed bounded, and the
store holds exactly the events that were accepted.`;

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly connections: number;
  readonly withinMs: number;
}

export type ParsedOptions =
  | { readonly kind: "options"; readonly options: FuzzOptions }
  | { readonly kind: "help" }
  | { readonly kind: "mistakes"; readonly mistakes: readonly string[] };

/** Reads the command line; a mistake is never silently a default, and all are told at once. */
export function parseOptions(argv: readonly string[], randomSeed: number): ParsedOptions {
  const mistakes: string[] = [];
  const values = parse(argv, mistakes);
  if (values === undefined) return { kind: "mistakes", mistakes };
  if (values.help) return { kind: "help" };

  const integer = (name: string, text: string, min: number, max: number): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      mistakes.push(`--${name} ${text} is not a whole number from ${min} to ${max}`);
    }
    return value;
  };
  const options = {
    requests: integer("requests", values.requests, 1, 100_000_000),
    seed: integer("seed", values.seed ?? String(randomSeed), 0, 2 ** 31 - 1),
    connections: integer("connections", values.connections, 1, 1_000),
    withinMs: integer("minutes", values.minutes, 1, 600) * 60_000,
  };
  return mistakes.length > 0 ? { kind: "mistakes", mistakes } : { kind: "options", options };
}

function parse(argv: readonly string[], mistakes: string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        requests: { type: "string", default: "100000" },
        seed: { type: "string" },
        connections: { type: "string", default: "24" },
        minutes: { type: "string", default: "20" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    mistakes.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
