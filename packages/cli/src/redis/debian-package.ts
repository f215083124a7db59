import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { probeProgram } from "./redis-program.ts";
import type { RedisProgram } from "./redis-program.ts";

const run = promisify(execFile);

interface DebianPackageOptions {
  /** Where package lists, downloads and the unpacked program live; nothing outside of it is written. */
  readonly folder: string;
  readonly say: (text: string) => void;
  /** dpkg's record of what is installed, which decides what needs downloading. */
  readonly statusFile?: string;
}

/**
 * Unpacks the distribution's own `redis-server`, downloaded by apt-get as whoever we are into state and cache folders
 * of our own; the system's packages stay as they are. A second call finds the unpacked program.
 */
export async function unpackDebianRedis(options: DebianPackageOptions): Promise<RedisProgram> {
  const root = join(options.folder, "root");
  if (!existsSync(root)) await unpack(options, root);
  const program = probeProgram(join(root, "usr/bin/redis-server"), {
    LD_LIBRARY_PATH: (await libraryFolders(root)).join(":"),
  });
  if (program === undefined) {
    throw new Error(`${join(root, "usr/bin/redis-server")} does not run: remove ${options.folder} and start again`);
  }
  return program;
}

async function unpack({ folder, say, statusFile }: DebianPackageOptions, root: string): Promise<void> {
  say("Redis is not installed: downloading the distribution's package (nothing on the system changes) …");
  const apt = join(folder, "apt");
  const fresh = join(folder, "root.new");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(join(apt, "state/lists/partial"), { recursive: true });
  await mkdir(join(apt, "cache/archives/partial"), { recursive: true });
  const config = join(apt, "apt.conf");
  await writeFile(config, aptConfig(apt, statusFile ?? "/var/lib/dpkg/status"));
  try {
    await run("apt-get", [`--config-file=${config}`, "--quiet", "update"]);
    // --reinstall downloads the program also where dpkg has it on record but PATH does not show it.
    const install = ["--quiet", "--yes", "--download-only", "--no-install-recommends", "--reinstall"];
    await run("apt-get", [`--config-file=${config}`, "install", ...install, "redis-server", "redis-tools"]);
    const archives = join(apt, "cache/archives");
    for (const file of await readdir(archives)) {
      if (file.endsWith(".deb")) await run("dpkg-deb", ["--extract", join(archives, file), fresh]);
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Redis could not be downloaded. Install it (apt-get install redis-server) or set REDIS_URL, and start again.\n${detail}`,
      { cause: error },
    );
  }
  await rename(fresh, root);
  await rm(apt, { recursive: true, force: true });
}

/** apt quotes nothing inside a quoted value, and a folder's name has no business holding a quotation mark. */
function aptConfig(apt: string, statusFile: string): string {
  if (/["\n]/.test(apt)) throw new Error(`DATA_DIR must not contain quotation marks or line breaks: ${apt}`);
  return `
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "${apt}/state";
Dir::State::status "${statusFile}";
Dir::Cache "${apt}/cache";
Debug::NoLocking "1";
APT::Sandbox::User "";
Acquire::Languages "none";
`;
}

/** Libraries lie in `usr/lib/<architecture>`. */
async function libraryFolders(root: string): Promise<readonly string[]> {
  const lib = join(root, "usr/lib");
  if (!existsSync(lib)) return [];
  const entries = await readdir(lib, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(lib, entry.name));
}
