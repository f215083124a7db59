import { createInterface } from "node:readline";
import type { ChildProcess } from "node:child_process";
import { prettyFactory } from "pino-pretty";

/** Passes a child's lines on, whole lines only: readable ones for a terminal, as they are for everything else. */
export function createServiceOutput(isTerminal: boolean): (child: ChildProcess) => void {
  const pretty = prettyFactory({
    colorize: isTerminal,
    singleLine: true,
    messageKey: "event",
    timestampKey: "time",
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "pid,hostname,service",
    messageFormat: "{service} {event}",
  });
  const shown = (line: string): string => (isTerminal && line.startsWith("{") ? pretty(line) : `${line}\n`);
  return ({ stdout, stderr }) => {
    if (stdout !== null) createInterface(stdout).on("line", (line) => process.stdout.write(shown(line)));
    if (stderr !== null) createInterface(stderr).on("line", (line) => process.stderr.write(`${line}\n`));
  };
}
