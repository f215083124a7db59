import { parseOptions, USAGE } from "./options.ts";
import { runFuzz } from "./run-fuzz.ts";

const parsed = parseOptions(process.argv.slice(2), Math.floor(Math.random() * 2 ** 31));
switch (parsed.kind) {
  case "help":
    console.log(USAGE);
    break;
  case "mistakes":
    console.error(`${parsed.mistakes.join("\n")}\n\n${USAGE}`);
    process.exitCode = 2;
    break;
  case "options": {
    const stopping = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => stopping.abort(new Error(`ended by ${signal}`)));
    }
    const { summary, failures } = await runFuzz(parsed.options, {
      signal: stopping.signal,
      say: (line) => console.log(line),
    });
    console.log(`\n${summary}`);
    for (const failure of failures) console.log(`FAILURE: ${failure}`);
    process.exitCode = stopping.signal.aborted ? 130 : failures.length === 0 ? 0 : 1;
  }
}
