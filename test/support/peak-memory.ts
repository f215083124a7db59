import { readFileSync } from "node:fs";

/** The most memory that a process has held at a time, as the system counts it; tests that need it run on Linux only. */
export function peakRssBytes(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kib === undefined) throw new Error(`the system does not tell what process ${pid} has held`);
  return Number(kib) * 1_024;
}
