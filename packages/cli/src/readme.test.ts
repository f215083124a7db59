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

test.each(["operations.md", "reliability.md", "threat-model.md", "performance.md", "releasing.md"])(
  "every command that docs/%s names exists, and finds tests or a measurement",
  (name) => {
    const text = readFileSync(join(ROOT, "docs", name), "utf8");
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
    for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([a-z:]+)/g)) {
      expect(Object.keys(scripts)).toContain(script);
    }
    const tests = filesOf("packages")
      .concat(filesOf("services"), filesOf("test"))
      .filter((file) => file.endsWith(".test.ts"));
    for (const [, words = ""] of text.matchAll(/npm test -- ([a-z][\w ./-]*)/g)) {
      for (const word of words.trim().split(" "))
        expect([word, tests.some((file) => file.includes(word))]).toEqual([word, true]);
    }
    const scenarios = readFileSync(join(ROOT, "bench/scenarios.ts"), "utf8");
    for (const [, scenario = ""] of text.matchAll(/npm run bench (?:-- )?([a-z]+)/g)) {
      expect(scenarios).toMatch(new RegExp(`^  ${scenario}: \\{`, "m"));
    }
  },
);

test.each(["README.md", "docs/operations.md"])("every file and every heading that %s links to exists", (name) => {
  const text = readFileSync(join(ROOT, name), "utf8");
  for (const [, link = ""] of text.matchAll(/\]\(([^):]+)\)/g)) {
    const [path = "", heading] = link.split("#");
    const file = path === "" ? join(ROOT, name) : join(ROOT, name, "..", path);
    const isThere =
      existsSync(file) &&
      (heading === undefined || headingsOf(readFileSync(file, "utf8")).map(anchorOf).includes(heading));
    expect([link, isThere]).toEqual([link, true]);
  }
});

test("the contents of docs/operations.md are its chapters", () => {
  const text = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
  const [contents = ""] = /<!-- contents:begin -->.*<!-- contents:end -->/s.exec(text) ?? [];
  const listed = [...contents.matchAll(/^- \[(.+)\]\(#(.+)\)$/gm)].map(([, title, anchor]) => [title, anchor]);
  const chapters = headingsOf(text, 2);
  expect(chapters.length).toBeGreaterThan(10);
  expect(listed).toEqual(chapters.map((title) => [title, anchorOf(title)]));
});

test.each(["threat-model.md", "reliability.md", "operations.md"])("every file that docs/%s names exists", (name) => {
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

const FOLDERS = ["packages", "services", "test", "deploy"];

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
}

/** Of one level, or all; lines of code that begin with # are none. */
function headingsOf(text: string, level?: number): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/^(#+) (.+)$/gm)].flatMap(([, marks = "", title = ""]) =>
    level === undefined || marks.length === level ? [title] : [],
  );
}

/** As renderers of Markdown name a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
