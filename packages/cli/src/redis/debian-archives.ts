import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

interface DebianArchivesOptions {
  readonly packages: readonly string[];
  /** Where package lists, downloads and the unpacked files live; nothing outside of it is written. */
  readonly folder: string;
  /** Called when they are not there yet. */
  readonly onDownload: () => void;
  /** dpkg's record of what is installed, which decides what needs downloading. */
  readonly statusFile?: string | undefined;
}

/**
 * Unpacks the distribution's own packages, downloaded by apt-get as whoever we are into state and cache folders of our
 * own, and what they need that is not installed; the system's packages stay as they are. Resolves to the folder that
 * stands for `/`; a second call finds it.
 */
export async function unpackDebianArchives(options: DebianArchivesOptions): Promise<string> {
  const root = join(options.folder, "root");
  if (!existsSync(root)) await unpack(options, root);
  return root;
}

async function unpack({ packages, folder, onDownload, statusFile }: DebianArchivesOptions, root: string) {
  onDownload();
  const apt = join(folder, "apt");
  const fresh = join(folder, "root.new");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(join(apt, "state/lists/partial"), { recursive: true });
  await mkdir(join(apt, "cache/archives/partial"), { recursive: true });
  const config = join(apt, "apt.conf");
  await writeFile(config, aptConfig(apt, statusFile ?? "/var/lib/dpkg/status"));
  await run("apt-get", [`--config-file=${config}`, "--quiet", "update"]);
  // --reinstall downloads a package also where dpkg has it on record but PATH does not show it.
  const install = ["--quiet", "--yes", "--download-only", "--no-install-recommends", "--reinstall"];
  await run("apt-get", [`--config-file=${config}`, "install", ...install, ...packages]);
  const archives = join(apt, "cache/archives");
  for (const file of await readdir(archives)) {
    if (file.endsWith(".deb")) await run("dpkg-deb", ["--extract", join(archives, file), fresh]);
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
export async function libraryFolders(root: string): Promise<readonly string[]> {
  const lib = join(root, "usr/lib");
  if (!existsSync(lib)) return [];
  const entries = await readdir(lib, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(lib, entry.name));
}
