import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadApiConfig, loadWorkerConfig } from "@posthorn/runtime";
import { readSettings } from "./launcher/settings.ts";

const ROOT = join(__dirname, "../../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const TABLE = /<!-- configuration:begin -->(.*)<!-- configuration:end -->/s.exec(README)?.[1] ?? "";

/** The names of the variables that a reader of the environment looks at. */
function variablesOf(read: (env: Record<string, string | undefined>) => unknown): Set<string> {
  const names = new Set<string>();
  const env = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get: (_, name) => {
        if (typeof name === "string") names.add(name);
        return undefined;
      },
    },
  );
  try {
    read(env);
  } catch {
    // Required variables are missing; all have been looked at by then.
  }
  return names;
}

test("the configuration table and the configuration name the same variables", () => {
  const read = new Set([loadApiConfig, loadWorkerConfig, readSettings].flatMap((load) => [...variablesOf(load)]));
  const firstCells = TABLE.split("\n").map((row) => row.split("|")[1] ?? "");
  const documented = firstCells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1] ?? ""));
  expect(documented.toSorted()).toEqual([...read].toSorted());
});

test("every npm script that the README names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const named = [...README.matchAll(/npm (?:run )?([a-z]+)(?=[\s`])/g)].map((match) => match[1]);
  expect(named).toEqual(expect.arrayContaining(["start", "test", "simulate", "receiver"]));
  for (const script of named) expect(scripts).toHaveProperty([script ?? ""]);
});

test("every file and every heading that the README links to exists", () => {
  const headings = [...README.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => anchorOf(title));
  for (const [, path = ""] of README.matchAll(/\]\(([^):]+)\)/g)) {
    const isThere = path.startsWith("#") ? headings.includes(path.slice(1)) : existsSync(join(ROOT, path));
    expect([path, isThere]).toEqual([path, true]);
  }
});

test.each(["threat-model.md", "reliability.md"])("every file that docs/%s names exists", (name) => {
  const text = readFileSync(join(ROOT, "docs", name), "utf8");
  const named = [...text.matchAll(/`([\w./-]+(?:\.ts|\/))`/g)].map(([, path = ""]) => path);
  const files = FOLDERS.flatMap((folder) => filesOf(folder).map((path) => `/${folder}/${path}`));
  const missing = named.filter((path) => !files.some((file) => `${file}/`.endsWith(`/${path.replace(/\/?$/, "/")}`)));
  expect(named.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test("every test that docs/reliability.md quotes has that title", () => {
  const text = readFileSync(join(ROOT, "docs/reliability.md"), "utf8");
  const quoted = [...text.matchAll(/`([\w./-]+\.test\.ts)`: ([^|`]+)/g)].flatMap(([, path = "", titles = ""]) =>
    titles.split(/[;…]/).map((title) => ({ path, title: title.trim() })),
  );
  const unknown = quoted.filter(({ path, title }) => !readFileSync(join(ROOT, path), "utf8").includes(title));
  expect(quoted.length).toBeGreaterThan(60);
  expect(unknown).toEqual([]);
});

const FOLDERS = ["packages", "services", "test"];

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
}

/** As renderers of Markdown name a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
