import { fileURLToPath } from "node:url";
import { launch } from "./launcher/launch.ts";
import type { Launched, LaunchOptions } from "./launcher/launch.ts";

/** `npm` passes a terminal's Ctrl-C on although it has arrived already; that is one wish to stop, not two. */
const SAME_WISH_MS = 500;
const KILLED_WITHIN_MS = 500;

const ENTRIES = {
  api: fileURLToPath(new URL("../../../services/api/dist/main.js", import.meta.url)),
  worker: fileURLToPath(new URL("../../../services/worker/dist/main.js", import.meta.url)),
};

function say(text: string): void {
  console.log(text);
}

async function end(launched: Launched): Promise<void> {
  await launched.stop();
  process.exit(0);
}

/** Runs Posthorn until a signal stops it, and ends the process. A second signal kills what has not stopped. */
export async function main(
  _argv: readonly string[] = [],
  entries: LaunchOptions["entries"] = ENTRIES,
  env: LaunchOptions["env"] = process.env,
): Promise<void> {
  const isTerminal = process.stdout.isTTY;
  const patience = new AbortController();
  let launched: Launched | undefined;
  let stoppingSinceMs: number | undefined;

  const onSignal = (signal: NodeJS.Signals): void => {
    if (stoppingSinceMs === undefined) {
      stoppingSinceMs = performance.now();
      say(`${signal}: stopping (once more kills at once) …`);
      patience.abort(new Error(`stopped by ${signal}`));
      if (launched !== undefined) void end(launched);
    } else if (performance.now() - stoppingSinceMs > SAME_WISH_MS) {
      say(`${signal} again: killing`);
      launched?.kill();
      // Redis' keeper sees us go and stops it.
      setTimeout(() => process.exit(1), KILLED_WITHIN_MS);
    }
  };
  // A reader that has gone, or a closed terminal, is no reason to drop what is in hand.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onSignal);

  try {
    launched = await launch({ env, entries, isTerminal, say, signal: patience.signal });
  } catch (error) {
    if (patience.signal.aborted) process.exit(0);
    console.error(`Posthorn cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  if (patience.signal.aborted) await end(launched);
}
