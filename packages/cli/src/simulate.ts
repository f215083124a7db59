import { defaultUrl } from "./client/api-url.ts";
import { findApiKey, NO_API_KEY } from "./client/find-api-key.ts";
import { printableLines } from "./printable.ts";
import { parseOptions, USAGE } from "./simulate/options.ts";
import type { Options } from "./simulate/options.ts";
import { totalOf } from "./simulate/origin.ts";
import { play } from "./simulate/play.ts";
import { createProgress } from "./simulate/progress.ts";
import { createSender } from "./simulate/sender.ts";
import { Tally } from "./simulate/tally.ts";

/** A restart, or a wait for room in a full store, is over by then. */
const PATIENCE_MS = 60_000;

type Env = Readonly<Record<string, string | undefined>>;

/** The command `simulate`: plays a mail server, or sends a file of events. Returns the exit code. */
export async function main(argv: readonly string[], env: Env = process.env): Promise<number> {
  const randomSeed = Math.floor(Math.random() * 1_000_000) + 1;
  const parsed = parseOptions(argv, randomSeed, await defaultUrl(env));
  switch (parsed.kind) {
    case "help":
      console.log(USAGE);
      return 0;
    case "mistakes":
      console.error(parsed.mistakes.join("\n"));
      return 2;
    case "options":
  }
  const apiKey = parsed.options.key ?? (await findApiKey(env));
  if (apiKey === undefined) {
    console.error(NO_API_KEY);
    return 2;
  }
  try {
    return await run(parsed.options, apiKey);
  } catch (error) {
    // Only a file that cannot be read gets here: the sender answers every failure of the network.
    console.error(
      `The events cannot be read (${error instanceof Error ? error.message : String(error)}): check --file`,
    );
    return 2;
  }
}

async function run(options: Options, apiKey: string): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const tally = new Tally();
  if (options.origin.kind === "mail-server") {
    console.error(`Sending to ${options.url}, seed ${options.origin.seed}; Ctrl-C ends it`);
  }
  const progress = createProgress(process.stderr, totalOf(options.origin));
  const sender = createSender({
    url: options.url,
    apiKey,
    signal: stop.signal,
    patienceMs: PATIENCE_MS,
    durationMs: options.origin.kind === "mail-server" ? options.origin.durationMs : 0,
    onRepeat: (why) => {
      tally.repeats += 1;
      progress.trouble(why);
    },
  });
  const startedMs = performance.now();
  const ending = await play({
    options,
    sender,
    tally,
    signal: stop.signal,
    onAccepted: () => progress.update(tally.accepted),
  }).finally(() => {
    progress.end();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  });
  console.log(tally.summary(performance.now() - startedMs));
  switch (ending.kind) {
    case "complete":
      return 0;
    case "interrupted":
      return 130;
    case "gave-up":
      console.error(`${ending.why}, so this gave up: see whether Posthorn runs there, or give --url`);
      return 1;
    case "refused":
      console.error(
        `${options.url} refused the events with ${ending.status}: ${printableLines(ending.message.trim())}`,
      );
      return 1;
  }
}
