// Set-up shared by the commands of this folder. It runs before anything is installed, so it imports Node alone.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** In an image everything is built, and there is nothing to install or build it from. */
const isImage = !existsSync(join(ROOT, "package-lock.json"));

const OLDEST_NODE = [20, 19];

/** Ends the process when this Node cannot run Posthorn. */
function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Posthorn needs Node ${OLDEST_NODE.join(".")} or newer, and this is ${process.versions.node}: install it from https://nodejs.org`,
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Runs a program in the repository; a quiet one shows its output only when it fails, which ends this process too. */
function must(what, command, args, { quiet }) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 ** 2,
    stdio: quiet ? "pipe" : ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  fail(`${what} failed (${error?.message ?? `exit code ${status}`}); mend what is said above and start again`);
}

function lockedPackages(file) {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")).packages;
}

/**
 * True when node_modules holds what package-lock.json asks for. npm writes the hidden lock file as the last step of an
 * installation, so one that was interrupted counts as missing. Packages for other platforms are optional.
 */
export function isInstalled() {
  if (!existsSync(join(ROOT, "node_modules/.package-lock.json"))) return false;
  const present = lockedPackages("node_modules/.package-lock.json");
  return Object.entries(lockedPackages("package-lock.json")).every(
    ([path, { version, optional, devOptional, link }]) =>
      !path.startsWith("node_modules/") ||
      (path in present
        ? link === true || present[path].version === version
        : optional === true || devOptional === true),
  );
}

/** Checks Node and installs the dependencies when they are missing or stale. */
export function install({ quiet }) {
  checkNode();
  if (isImage || isInstalled()) return;
  if (!quiet) console.log("Installing dependencies …");
  must("npm ci", "npm", ["ci", "--no-audit", "--no-fund"], { quiet });
}

/** Compiles what has changed since the last build. */
export function build({ quiet }) {
  if (isImage) return;
  must("The build", process.execPath, ["node_modules/typescript/bin/tsc", "-b", "tsconfig.build.json"], { quiet });
  buildConsole({ quiet });
}

const CONSOLE = "services/console";
/** What the console is built from, beside the packages of package-lock.json. */
const CONSOLE_SOURCES = ["src", "index.html", "package.json", "vite.config.ts"].map((name) => `${CONSOLE}/${name}`);

/** Builds the console when something has changed since it was built last. */
function buildConsole({ quiet }) {
  const built = statSync(join(ROOT, CONSOLE, "dist/index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Math.max(...[...CONSOLE_SOURCES, "package-lock.json"].map(newestMs)) < built) return;
  if (!quiet) console.log("Building the console …");
  must("The build of the console", process.execPath, ["node_modules/vite/bin/vite.js", "build", CONSOLE], {
    quiet: true,
  });
}

/** When a file was changed last, or anything in a folder; a folder changes when a file goes. */
function newestMs(path) {
  const full = join(ROOT, path);
  const stats = statSync(full);
  const below = stats.isDirectory() ? readdirSync(full).map((name) => newestMs(join(path, name))) : [];
  return Math.max(stats.mtimeMs, ...below);
}
