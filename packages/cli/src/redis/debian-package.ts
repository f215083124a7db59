import { join } from "node:path";
import { libraryFolders, unpackDebianArchives } from "./debian-archives.ts";
import { probeProgram } from "./redis-program.ts";
import type { RedisProgram } from "./redis-program.ts";

interface DebianPackageOptions {
  readonly folder: string;
  readonly say: (text: string) => void;
  /** dpkg's record of what is installed, which decides what needs downloading. */
  readonly statusFile?: string;
}

/** The distribution's own `redis-server`, unpacked into a folder. */
export async function unpackDebianRedis({ folder, say, statusFile }: DebianPackageOptions): Promise<RedisProgram> {
  const root = await unpackDebianArchives({
    packages: ["redis-server", "redis-tools"],
    folder,
    onDownload: () =>
      say("Redis is not installed: downloading the distribution's package (nothing on the system changes) …"),
    statusFile,
  }).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Redis could not be downloaded. Install it (apt-get install redis-server) or set REDIS_URL, and start again.\n${detail}`,
      { cause: error },
    );
  });
  const program = probeProgram(join(root, "usr/bin/redis-server"), {
    LD_LIBRARY_PATH: (await libraryFolders(root)).join(":"),
  });
  if (program === undefined) {
    throw new Error(`${join(root, "usr/bin/redis-server")} does not run: remove ${folder} and start again`);
  }
  return program;
}
