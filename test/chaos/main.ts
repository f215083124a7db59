import { parseOptions, USAGE } from "./options.ts";
import { runChaos } from "./run-chaos.ts";

const parsed = parseOptions(process.argv.slice(2), Math.floor(Math.random() * 2 ** 32));
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
    try {
      const { failures, summary, logDir } = await runChaos(parsed.options, {
        signal: stopping.signal,
        say: (line) => console.log(line),
      });
      console.log(`\n${summary}`);
      for (const failure of failures) console.log(`FAILURE: ${failure}`);
      if (logDir !== undefined) console.log(`logs, and what may help to investigate (report.txt): ${logDir}`);
      process.exitCode = failures.length === 0 ? 0 : 1;
    } catch (error) {
      console.error(stopping.signal.aborted ? String(stopping.signal.reason) : error);
      process.exitCode = stopping.signal.aborted ? 130 : 1;
    }
  }
}
