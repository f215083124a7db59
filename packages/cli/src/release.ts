import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeChangelog } from "./release/close-changelog.ts";
import {
  setChartVersion,
  setConstant,
  setImageVersion,
  setLockVersion,
  setPackageVersion,
} from "./release/set-version.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const USAGE = `Prepares a release: sets its version everywhere, and closes Unreleased in CHANGELOG.md. docs/releasing.md tells the rest.

usage: npm run release -- 0.2.0`;

const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** The command `release`. Returns the exit code. */
export async function main(
  argv: readonly string[],
  root: string = ROOT,
  now: () => Date = () => new Date(),
): Promise<number> {
  const [version = "", ...rest] = argv;
  if (!VERSION.test(version) || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const changelog = join(root, "CHANGELOG.md");
  const closed = closeChangelog(await readFile(changelog, "utf8"), version, now().toISOString().slice(0, 10));
  if (closed.kind === "refused") {
    console.error(closed.why);
    return 1;
  }
  await writeFile(changelog, closed.text);
  for (const [file, change] of await versioned(root)) {
    const path = join(root, file);
    await writeFile(path, change(await readFile(path, "utf8"), version));
  }
  console.log(
    [
      `Everything says ${version}. Look at git diff, then:`,
      `  npm run check && npm test`,
      `  git commit -am "Release ${version}"`,
      `  git tag -s v${version} -m "Posthorn ${version}"`,
      `  git push --follow-tags`,
    ].join("\n"),
  );
  return 0;
}

type Change = (text: string, version: string) => string;

/** Every file that tells the version. */
export async function versioned(root: string): Promise<readonly (readonly [file: string, change: Change])[]> {
  const workspaces = await Promise.all(
    ["packages", "services"].map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}/package.json`),
    ),
  );
  const deployed = await readdir(join(root, "deploy"), { recursive: true }).catch(() => []);
  const charts = deployed.filter((path) => path.endsWith("Chart.yaml")).map((path) => `deploy/${path}`);
  return [
    ...["package.json", ...workspaces.flat()].map((file) => [file, setPackageVersion] as const),
    ["package-lock.json", setLockVersion],
    ["packages/runtime/src/config.ts", setConstant],
    ["Dockerfile", setImageVersion],
    ...charts.map((file) => [file, setChartVersion] as const),
  ];
}
