import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpackDebianRedis } from "./debian-package.ts";
import { findOnPath, probeProgram } from "./redis-program.ts";
import type { RedisProgram } from "./redis-program.ts";
import { chooseRedis } from "./redis-source.ts";
import { isNewEnough } from "./redis-version.ts";

export type FoundRedis =
  | { readonly kind: "given"; readonly url: string }
  | { readonly kind: "program"; readonly program: RedisProgram };

interface FindRedisOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  readonly say: (text: string) => void;
}

/** Finds or provides Redis; throws with what to install when this machine offers none. */
export async function findRedis({ env, dataDir, say }: FindRedisOptions): Promise<FoundRedis> {
  const path = env["PATH"] ?? "";
  const command = findOnPath(["redis-server", "valkey-server"], path);
  const installed = command === undefined ? undefined : probeProgram(command);
  const source = chooseRedis({
    redisUrl: env["REDIS_URL"],
    onPath: installed,
    platform: process.platform,
    hasApt: findOnPath(["apt-get"], path) !== undefined && findOnPath(["dpkg-deb"], path) !== undefined,
    hasHomebrew: findOnPath(["brew"], path) !== undefined,
  });
  switch (source.kind) {
    case "given":
      return source;
    case "path":
      return { kind: "program", program: usable(installed, source.command) };
    case "debian-package": {
      const program = await unpackDebianRedis({ folder: join(dataDir, "redis-package"), say });
      return { kind: "program", program: usable(program, program.command) };
    }
    case "homebrew":
      return { kind: "program", program: usable(await installWithHomebrew(say), "Homebrew's redis-server") };
    case "none":
      throw new Error(source.advice);
  }
}

function usable(program: RedisProgram | undefined, command: string): RedisProgram {
  if (program === undefined) throw new Error(`${command} does not run: install Redis 6.2 or newer, or set REDIS_URL`);
  if (isNewEnough(program.version)) return program;
  throw new Error(
    `${command} is Redis ${program.version}, and Posthorn needs 6.2 or newer: install a newer one (https://redis.io/downloads), or set REDIS_URL`,
  );
}

async function installWithHomebrew(say: (text: string) => void): Promise<RedisProgram | undefined> {
  say("Redis is not installed: running `brew install redis` …");
  await promisify(execFile)("brew", ["install", "redis"]);
  const { stdout } = await promisify(execFile)("brew", ["--prefix", "redis"]);
  return probeProgram(join(stdout.trim(), "bin/redis-server"));
}
