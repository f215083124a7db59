import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { VERSION } from "@posthorn/runtime";
import { closeChangelog } from "./release/close-changelog.ts";
import { main, versioned } from "./release.ts";

const ROOT = join(__dirname, "../../..");

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "posthorn-release-"));
  jest.spyOn(console, "log").mockImplementation(() => undefined);
  jest.spyOn(console, "error").mockImplementation(() => undefined);
  for (const file of ["CHANGELOG.md", ...(await versioned(ROOT)).map(([name]) => name)]) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await cp(join(ROOT, file), join(root, file));
  }
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

const read = (file: string): Promise<string> => readFile(join(root, file), "utf8");

/** Every version of ours that a folder tells of. */
async function versionsIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [file] of await versioned(folder)) {
    const text = await readFile(join(folder, file), "utf8");
    if (file === "package-lock.json") {
      const { version, packages } = JSON.parse(text) as {
        version: string;
        packages: Record<string, { version?: string; dependencies?: Record<string, string> }>;
      };
      const own = Object.entries(packages).filter(([path]) => !path.includes("node_modules/"));
      found.push(version, ...own.flatMap(([, entry]) => ownVersions(entry)));
    } else if (file.endsWith("package.json")) {
      found.push(...ownVersions(JSON.parse(text) as Parameters<typeof ownVersions>[0]));
    } else if (file.endsWith(".ts")) {
      found.push(/VERSION = "(.*)"/.exec(text)?.[1] ?? "none");
    } else if (file === "Dockerfile") {
      found.push(/^ARG VERSION=(.*)$/m.exec(text)?.[1] ?? "none");
    } else {
      found.push(...[...text.matchAll(/^(?:version|appVersion): "?([^"\n]*)"?$/gm)].map(([, version = ""]) => version));
    }
  }
  return found;
}

function ownVersions(entry: { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> }) {
  const needed = Object.entries(entry.dependencies ?? {}).filter(([name]) => name.startsWith("@posthorn/"));
  return [entry.version ?? "none", ...needed.map(([, version]) => version)];
}

test("every package, and whatever else tells the version, is in step", async () => {
  expect(new Set(await versionsIn(ROOT))).toEqual(new Set([VERSION]));
});

test("a release sets its version everywhere and changes nothing else", async () => {
  const before = (await versionsIn(root)).length;
  expect(await main(["9.8.7"], root, () => new Date("2026-03-02T21:38:08Z"))).toBe(0);
  const after = await versionsIn(root);
  expect(new Set(after)).toEqual(new Set(["9.8.7"]));
  expect(after).toHaveLength(before);
  expect(await read("CHANGELOG.md")).toContain("## [Unreleased]\n\n## [9.8.7] - 2026-03-02\n");
  for (const [file] of await versioned(root)) {
    const [old, now] = [await readFile(join(ROOT, file), "utf8"), await read(file)];
    // Some packages of others have the same version as ours.
    const without = (text: string): string[] =>
      text.split("\n").filter((line) => !/version|@posthorn\/|VERSION/i.test(line));
    expect([file, without(now)]).toEqual([file, without(old)]);
  }
});

test("a release that is there, of which nothing is told, or that has no number, is refused", async () => {
  expect(await main(["9.8.7"], root)).toBe(0);
  expect(await main(["9.8.7"], root)).toBe(1);
  expect(await main(["9.8.8"], root)).toBe(1);
  for (const argv of [[], ["next"], ["v1.0.0"], ["1.0.0", "now"]]) expect(await main(argv, root)).toBe(2);
  await writeFile(join(root, "CHANGELOG.md"), "# Changelog\n");
  expect(await main(["9.8.9"], root)).toBe(1);
});

test("the notes of a release end where the one before begins", () => {
  const text = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- More.\n\n## [0.1.0] - 2026-01-01\n\n- All.\n";
  const closed = closeChangelog(text, "0.2.0", "2026-03-02");
  expect(closed).toEqual({
    kind: "closed",
    notes: "### Added\n\n- More.",
    text: text.replace("## [Unreleased]\n", "## [Unreleased]\n\n## [0.2.0] - 2026-03-02\n"),
  });
});

test("the changelog has the form that it says it has", async () => {
  const text = await readFile(join(ROOT, "CHANGELOG.md"), "utf8");
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = ""]) => heading);
  expect(headings[0]).toBe("[Unreleased]");
  for (const heading of headings.slice(1)) expect(heading).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  const sections = [...text.matchAll(/^### (.*)$/gm)].map(([, section = ""]) => section);
  for (const section of sections) {
    expect(["Upgrading", "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]).toContain(section);
  }
});
