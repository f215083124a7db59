import { parseArgs } from "node:util";
import { parseDurationMs } from "@posthorn/runtime";
import { readUrl } from "../client/api-url.ts";

export const USAGE = `Plays a mail server: sends the events of messages that live coherent lives.

usage: npm run simulate -- [options]

What is not answered, or refused for now, is repeated. The exit code is 1 when Posthorn refuses the events, or took none for
a minute and the duration is over.

  --rate 500          events per second (with --file: as fast as they are taken, unless given)
  --duration 1m       how long to send
  --life 30s          how long most messages' lives last (default: half the duration)
  --seed 7            the same seed sends the same lives (default: a random one)
  --file events.ndjson  sends this file as it is, one event per line, instead; - is the standard input
  --url http://127.0.0.1:8080   (default: POSTHORN_URL, else PORT, else where npm start runs)
  --key …             API key (default: POSTHORN_API_KEY or …_FILE, else the file api-key in DATA_DIR)
  --batch 1000        most events per request
  --help`;

/** Where the events come from. */
export type Origin =
  | {
      readonly kind: "mail-server";
      readonly durationMs: number;
      readonly lifeMs: number;
      readonly seed: number;
      readonly eventsPerSecond: number;
    }
  | {
      readonly kind: "file";
      readonly path: string;
      /** `null` = as fast as the events are taken. */
      readonly eventsPerSecond: number | null;
    };

export interface Options {
  readonly origin: Origin;
  readonly url: string;
  /** `null` = look for it elsewhere. */
  readonly key: string | null;
  readonly requestEvents: number;
}

export type ParsedOptions =
  | { readonly kind: "options"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "mistakes"; readonly mistakes: readonly string[] };

/** Reads the command line; a mistake is never silently a default, and all are told at once. */
export function parseOptions(argv: readonly string[], randomSeed: number, defaultUrl: string): ParsedOptions {
  const mistakes: string[] = [];
  const values = parse(argv, mistakes);
  if (values === undefined) return { kind: "mistakes", mistakes };
  if (values.help === true) return { kind: "help" };

  const positive = (name: string, text: string | undefined, fallback: number): number => {
    if (text === undefined) return fallback;
    if (/^\d+$/.test(text) && Number(text) >= 1) return Number(text);
    mistakes.push(`--${name} ${text} is no whole number from 1: give e.g. --${name} ${fallback}`);
    return fallback;
  };
  const duration = (name: string, text: string | undefined, fallbackMs: number): number => {
    const ms = text === undefined ? fallbackMs : parseDurationMs(text);
    if (ms !== undefined && ms >= 1) return ms;
    mistakes.push(`--${name} ${text} is no duration: give e.g. --${name} 30s`);
    return fallbackMs;
  };

  const eventsPerSecond = positive("rate", values.rate, 500);
  const durationMs = duration("duration", values.duration, 60_000);
  const lifeMs = duration("life", values.life, Math.max(1, durationMs / 2));
  const seed = values.seed === undefined ? randomSeed : positive("seed", values.seed, 7);
  const requestEvents = positive("batch", values.batch, 1_000);
  const url = readUrl(values.url ?? defaultUrl, mistakes);
  if (values.file !== undefined) {
    for (const name of ["duration", "life", "seed"] as const) {
      if (values[name] !== undefined) mistakes.push(`--${name} has no meaning with --file: leave one of them out`);
    }
  }
  if (mistakes.length > 0) return { kind: "mistakes", mistakes };
  const origin: Origin =
    values.file === undefined
      ? { kind: "mail-server", durationMs, lifeMs, seed, eventsPerSecond }
      : { kind: "file", path: values.file, eventsPerSecond: values.rate === undefined ? null : eventsPerSecond };
  return { kind: "options", options: { origin, url, key: values.key ?? null, requestEvents } };
}

function parse(argv: readonly string[], mistakes: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        rate: text,
        duration: text,
        life: text,
        seed: text,
        file: text,
        url: text,
        key: text,
        batch: text,
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    mistakes.push(`${error instanceof Error ? error.message : String(error)}; --help lists the options`);
    return undefined;
  }
}
