import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { readVersion } from "./redis-version.ts";

/** A `redis-server` that can be started. */
export interface RedisProgram {
  readonly command: string;
  /** Variables that it needs beside the process' own, such as where its libraries lie. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
}

/** Runs `command --version`; `undefined` when it does not start or is no Redis. */
export function probeProgram(command: string, env: Readonly<Record<string, string>> = {}): RedisProgram | undefined {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8", env: { ...process.env, ...env } });
  const version = status === 0 ? readVersion(stdout) : undefined;
  return version === undefined ? undefined : { command, env, version };
}

/** The first of `names` that is executable in a folder of `path` (the variable `PATH`). */
export function findOnPath(names: readonly string[], path: string): string | undefined {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      if (folder !== "" && isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
