import { isIP } from "node:net";
import { parseArgs } from "node:util";

export const USAGE = `A target that prints every batch it gets, and misbehaves when told to.

usage: npm run receiver -- [options]

  --port 9000         where to listen
  --host 0.0.0.0      on which address of this machine (default: 127.0.0.1)
  --status 503        answers batches with this status (default: 200)
  --redirect URL      answers batches with 302 to this URL
  --hang              takes batches and never answers
  --drip              answers batches a byte at a time, too slowly for anyone's patience
  --reset             resets the connection instead of answering
  --recover-after 3   answers 200 after the first 3 tries
  --retry-after 10    adds Retry-After, in seconds, to a --status or --redirect that is no success
  --delay 500         waits so many milliseconds before it answers batches
  --token secret      refuses, with 401, what comes without this X-MessageSystems-Webhook-Token
  --help

Test POSTs are answered with 200 at once, so that a webhook for a misbehaving target can be created; only --token
applies to them too.`;

/** What the target does with a batch until it recovers. */
export type Behaviour =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly location?: string;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: "hang" }
  | { readonly kind: "drip" }
  | { readonly kind: "reset" };

export interface Options {
  /** 0 = any free one. */
  readonly port: number;
  readonly host: string;
  readonly behaviour: Behaviour;
  readonly delayMs: number;
  /** Tries of batches after which `behaviour` and `delayMs` end; `null` = never. */
  readonly recoverAfterTries: number | null;
  readonly token: string | null;
}

export type ParsedOptions =
  | { readonly kind: "options"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "mistakes"; readonly mistakes: readonly string[] };

const BEHAVIOURS = ["status", "redirect", "hang", "drip", "reset"] as const;

/** Reads the command line; a mistake is never silently a default, and all are told at once. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  const mistakes: string[] = [];
  const values = parse(argv, mistakes);
  if (values === undefined) return { kind: "mistakes", mistakes };
  if (values.help === true) return { kind: "help" };

  const whole = (
    name: "port" | "status" | "recover-after" | "retry-after" | "delay",
    [min, max]: readonly [number, number],
    example: number,
  ): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    mistakes.push(`--${name} ${text} is no whole number from ${min} to ${max}: give e.g. --${name} ${example}`);
    return example;
  };

  const port = whole("port", [0, 65_535], 9000) ?? 9000;
  // Below 200 is no final answer.
  const status = whole("status", [200, 599], 503) ?? (values.redirect === undefined ? 200 : 302);
  const recoverAfterTries = whole("recover-after", [1, 1_000_000], 3) ?? null;
  const retryAfterSeconds = whole("retry-after", [0, 1_000_000], 10);
  const delayMs = whole("delay", [0, 3_600_000], 500) ?? 0;

  const host = values.host ?? "127.0.0.1";
  if (isIP(host) === 0) mistakes.push(`--host ${host} is no address: give e.g. --host 0.0.0.0`);

  const asked = BEHAVIOURS.filter((name) => values[name] !== undefined);
  if (asked.length > 1) {
    mistakes.push(`${asked.map((name) => `--${name}`).join(" and ")} exclude each other: give one of them`);
  }
  if (values.redirect !== undefined && !URL.canParse(values.redirect)) {
    mistakes.push(`--redirect ${values.redirect} is no URL: give e.g. --redirect http://127.0.0.1:9001/`);
  }
  const canAskForTime = asked.every((name) => name === "status" || name === "redirect") && status >= 300;
  if (retryAfterSeconds !== undefined && !canAskForTime) {
    mistakes.push("--retry-after goes with an answer that is no success: add e.g. --status 503");
  }
  if (recoverAfterTries !== null && asked.length === 0 && delayMs === 0) {
    mistakes.push("--recover-after has nothing to recover from: add e.g. --status 503 or --hang");
  }
  if (mistakes.length > 0) return { kind: "mistakes", mistakes };

  const misbehaviour = (["hang", "drip", "reset"] as const).find((name) => values[name] === true);
  const behaviour: Behaviour =
    misbehaviour === undefined
      ? {
          kind: "status",
          status,
          ...(values.redirect === undefined ? {} : { location: values.redirect }),
          ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
        }
      : { kind: misbehaviour };
  return {
    kind: "options",
    options: { port, host, behaviour, delayMs, recoverAfterTries, token: values.token ?? null },
  };
}

function parse(argv: readonly string[], mistakes: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: text,
        host: text,
        status: text,
        redirect: text,
        hang: flag,
        drip: flag,
        reset: flag,
        "recover-after": text,
        "retry-after": text,
        delay: text,
        token: text,
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    mistakes.push(`${error instanceof Error ? error.message : String(error)}; --help lists the options`);
    return undefined;
  }
}
