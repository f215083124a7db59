import type { Log } from "./log.ts";

/** Stops this process as SIGTERM does, for a reason that it has found out by itself. */
export function stopProcess(error: Error, log: Pick<Log, "fatal">): void {
  log.fatal({ err: error }, "process.must-stop");
  process.kill(process.pid, "SIGTERM");
}
