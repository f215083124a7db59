import { parseOptions } from "./options.ts";
import type { Command } from "./options.ts";

const URL = "http://127.0.0.1:8080";

function commandOf(...argv: string[]): Command {
  const parsed = parseOptions(argv, URL);
  if (parsed.kind !== "options") throw new Error(JSON.stringify(parsed));
  return parsed.options.command;
}
function mistakesOf(...argv: string[]): readonly string[] {
  const parsed = parseOptions(argv, URL);
  return parsed.kind === "mistakes" ? parsed.mistakes : [];
}

test("a file is enough to import it; it is then stored, and failing targets are warnings", () => {
  expect(commandOf("import", "webhooks.json")).toEqual({
    kind: "import",
    file: "webhooks.json",
    mode: "import",
    isDryRun: false,
    insist: false,
  });
  expect(commandOf("import", "-", "--dry-run", "--provision", "--insist")).toEqual({
    kind: "import",
    file: "-",
    mode: "provision",
    isDryRun: true,
    insist: true,
  });
});

test("an export goes to standard output, with masks, unless told otherwise", () => {
  expect(commandOf("export")).toEqual({ kind: "export", file: "-", withSecrets: false });
  expect(commandOf("export", "--secrets", "webhooks.json")).toEqual({
    kind: "export",
    file: "webhooks.json",
    withSecrets: true,
  });
});

test("address and key are taken", () => {
  expect(parseOptions(["list", "--url", "https://posthorn.example/", "--key", "k"], URL)).toEqual({
    kind: "options",
    options: { command: { kind: "list" }, url: "https://posthorn.example", key: "k" },
  });
});

test.each([
  [[], /There is no command given: give import, export or list/],
  [["delete"], /There is no command delete/],
  [["import"], /import needs a file/],
  [["import", "a.json", "b.json"], /b\.json is one argument too many/],
  [["import", "a.json", "--secrets"], /--secrets has no meaning with import/],
  [["import", "a.json", "--provision"], /--provision only shows what WEBHOOKS_FILE would change: add --dry-run/],
  [["export", "--provision"], /--provision has no meaning with export/],
  [["export", "--dry-run"], /--dry-run has no meaning with export/],
  [["list", "--insist"], /--insist has no meaning with list/],
  [["list", "a.json"], /a\.json is one argument too many/],
  [["list", "--colour"], /--help lists the options/],
  [["list", "--url", "nowhere"], /--url nowhere is no/],
])("%j is refused, saying what to do", (argv, message) => {
  expect(mistakesOf(...argv)).toEqual([expect.stringMatching(message)]);
});

test("all mistakes of a command line are told at once", () => {
  expect(mistakesOf("import", "--secrets", "--url", "nowhere")).toHaveLength(3);
});

test("help is given whatever else stands there", () => {
  expect(parseOptions(["--help", "delete"], URL)).toEqual({ kind: "help" });
});
