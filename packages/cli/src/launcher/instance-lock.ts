import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The launcher that holds a data folder. Process ids are used again, so the start time tells two apart. */
interface Holder {
  readonly pid: number;
  readonly startTime: string;
}

export type Lock =
  | {
      readonly kind: "held";
      /** True when a launcher that died without cleaning up held it before. */
      readonly takenOver: boolean;
      release(): Promise<void>;
    }
  | { readonly kind: "refused"; readonly pid: number };

const LOCK_FILE = "launcher.lock";

/** When `pid` started, in the words of the system; `undefined` when no such process lives. */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      // Field 22 of stat; the name in field 2 may itself hold blanks and brackets.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return fields[0] === "Z" ? undefined : `${boot} ${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  const printed = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim();
  return printed === undefined || printed === "" ? undefined : printed;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, startTime } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" && typeof startTime === "string" ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}

function lives(holder: Holder): boolean {
  return startTimeOf(holder.pid) === holder.startTime;
}

/** Whether a launcher that lives holds `dataDir`. */
export async function isDataDirHeld(dataDir: string): Promise<boolean> {
  const holder = parseHolder(await readFile(join(dataDir, LOCK_FILE), "utf8").catch(() => ""));
  return holder !== undefined && lives(holder);
}

/** Takes `dataDir` for process `pid` alone, or says who has it. A lock whose process has died is taken over. */
export async function lockDataDir(dataDir: string, pid: number = process.pid): Promise<Lock> {
  const file = join(dataDir, LOCK_FILE);
  const mine = join(dataDir, `${LOCK_FILE}.${pid}`);
  const stale = join(dataDir, `${LOCK_FILE}.${pid}.stale`);
  await writeFile(mine, JSON.stringify({ pid, startTime: startTimeOf(pid) ?? "" }), { mode: 0o600 });
  try {
    for (let takenOver = false; ; takenOver = true) {
      // A link appears with its whole content, and only if nobody else's is there.
      const linked = await link(mine, file).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
      if (linked) return { kind: "held", takenOver, release: () => rm(file, { force: true }) };

      const holder = parseHolder(await readFile(file, "utf8").catch(() => ""));
      if (holder !== undefined && lives(holder)) return { kind: "refused", pid: holder.pid };
      await rename(file, stale).catch(() => undefined);
      // Between reading and renaming, another starter may have taken over: give it back its lock.
      const moved = parseHolder(await readFile(stale, "utf8").catch(() => ""));
      if (moved !== undefined && lives(moved)) await link(stale, file).catch(() => undefined);
      await rm(stale, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}
