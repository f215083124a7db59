import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What decides on how data are kept. */
const STORED_BY = "packages/store/src/scripts";
const INSTALL_WITHIN_MS = 180_000;

/** An earlier state of this repository, built in a folder of its own. */
export type PreviousRelease =
  | { readonly kind: "built"; readonly root: string; readonly name: string; remove(): void }
  | { readonly kind: "unavailable"; readonly why: string };

/**
 * Builds the release before this one: the last tag, else what there was before the last change of how data are kept, or
 * what `UPGRADE_FROM` names.
 */
export function buildPreviousRelease(): PreviousRelease {
  const name = process.env["UPGRADE_FROM"] ?? lastTag() ?? beforeLastChange();
  const commit = name === undefined ? undefined : git("rev-parse", "--verify", "--quiet", `${name}^{commit}`);
  if (name === undefined || commit === undefined) {
    return { kind: "unavailable", why: "the history here does not reach back to it (a shallow clone?)" };
  }
  const root = mkdtempSync(join(tmpdir(), "posthorn-previous-"));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  const problem = extract(commit, root) ?? install(root) ?? build(root);
  if (problem === undefined) return { kind: "built", root, name, remove };
  remove();
  return { kind: "unavailable", why: problem };
}

function git(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
  const text = status === 0 ? stdout.trim() : "";
  return text === "" ? undefined : text;
}

function lastTag(): string | undefined {
  return git("describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD^");
}

function beforeLastChange(): string | undefined {
  const change = git("log", "-1", "--format=%H", "--", STORED_BY);
  return change === undefined ? undefined : git("rev-parse", "--verify", "--quiet", `${change}^`);
}

/** Resolves to what went wrong, as all of these do. */
function run(what: string, command: string, args: readonly string[], cwd: string): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 ** 2,
    timeout: INSTALL_WITHIN_MS,
  });
  if (status === 0) return undefined;
  const told = (error?.message ?? `${stdout}${stderr}`).trim().split("\n").slice(-5).join(" ");
  return `${what} failed: ${told}`;
}

function extract(commit: string, root: string): string | undefined {
  const tar = join(root, "previous.tar");
  return (
    run("git archive", "git", ["archive", "--format=tar", `--output=${tar}`, commit], ROOT) ??
    run("tar", "tar", ["-xf", tar, "-C", root], root)
  );
}

/** Its packages are ours where these fit, else its own. */
function install(root: string): string | undefined {
  if (!fits(root)) return run("npm ci", "npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"], root);
  link(join(ROOT, "node_modules"), join(root, "node_modules"), ["@posthorn"]);
  mkdirSync(join(root, "node_modules/@posthorn"));
  for (const folder of ["packages", "services"]) {
    for (const workspace of readdirSync(join(root, folder))) {
      const path = join(root, folder, workspace);
      symlinkSync(path, join(root, "node_modules/@posthorn", basename(path)));
      link(join(ROOT, folder, workspace, "node_modules"), join(path, "node_modules"), []);
    }
  }
  return undefined;
}

function link(from: string, to: string, without: readonly string[]): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (!without.includes(name)) symlinkSync(join(from, name), join(to, name));
}

interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** Whether all that it needs is installed here in the same version. */
function fits(root: string): boolean {
  const present = packagesOf(join(ROOT, "node_modules/.package-lock.json"));
  return Object.entries(packagesOf(join(root, "package-lock.json"))).every(
    ([path, { version, optional, devOptional }]) =>
      !path.includes("node_modules/") ||
      path.includes("node_modules/@posthorn/") ||
      (path in present ? present[path]?.version === version : optional === true || devOptional === true),
  );
}

function packagesOf(file: string): Readonly<Record<string, LockedPackage>> {
  return (JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, LockedPackage> }).packages;
}

/** The services alone: nobody looks at the console. */
function build(root: string): string | undefined {
  return run("the build", process.execPath, ["node_modules/typescript/bin/tsc", "-b", "tsconfig.build.json"], root);
}
