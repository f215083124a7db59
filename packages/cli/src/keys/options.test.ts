import { parseOptions } from "./options.ts";
import type { Command } from "./options.ts";

const URL = "http://127.0.0.1:8080";
const KEY = `ph_0123456789ab_${"x".repeat(32)}`;

function commandOf(...argv: string[]): Command {
  const parsed = parseOptions(argv, URL);
  if (parsed.kind !== "options") throw new Error(JSON.stringify(parsed));
  return parsed.options.command;
}
function mistakesOf(...argv: string[]): readonly string[] {
  const parsed = parseOptions(argv, URL);
  return parsed.kind === "mistakes" ? parsed.mistakes : [];
}

test("a label and grants are enough to make a key, which is then neither bound nor expires", () => {
  expect(commandOf("create", "--label", "MTA 1", "--grant", "events/ingest")).toEqual({
    kind: "create",
    label: "MTA 1",
    grants: ["events/ingest"],
    subaccountId: null,
    expiresInMs: null,
  });
});

test("several grants, a subaccount and a duration are taken", () => {
  const argv = ["--grant", "events/ingest", "--grant", "webhooks/view", "--subaccount", "0", "--expires", "30d"];
  expect(commandOf("create", "--label", "x", ...argv)).toMatchObject({
    grants: ["webhooks/view", "events/ingest"],
    subaccountId: 0,
    expiresInMs: 30 * 86_400_000,
  });
});

test.each(["0123456789ab", "ph_0123456789ab", KEY])("revoke takes %s for the key's id", (text) => {
  expect(commandOf("revoke", text)).toEqual({ kind: "revoke", id: "0123456789ab" });
});

test("all mistakes of a command line are told at once", () => {
  const argv = ["--grant", "root", "--subaccount", "-1", "--expires", "soon", "--url", "nowhere"];
  const mistakes = mistakesOf(
    "create",
    "more",
    "--subaccount=x",
    ...argv.filter((text) => text !== "-1" && text !== "--subaccount"),
  );
  expect(mistakes.map((text) => text.split(" ").slice(0, 2).join(" "))).toEqual([
    "more is",
    "--label is",
    "--grant root",
    "--subaccount x",
    "--expires soon",
    "--url nowhere",
  ]);
});

test.each([
  [[], /There is no command given: give create, list or revoke/],
  [["forget"], /There is no command forget/],
  [["create", "--label", "x"], /--grant is missing/],
  [["create", "--label", "x", "--grant", "admin", "--expires", "0s"], /--expires 0s is no duration/],
  [["create", "--label", "x", "--grant", "admin", "--expires", "999999d"], /--expires 999999d is no duration/],
  [["revoke"], /names no key/],
  [["revoke", "0123456789AB"], /names no key/],
  [["revoke", "../webhooks"], /names no key/],
  [["revoke", "0123456789ab", "0123456789ac"], /0123456789ac is one argument too many/],
  [["list", "--label", "x"], /--label has no meaning with list/],
  [["list", "--colour"], /--help lists the options/],
])("%j is refused, saying what to do", (argv, message) => {
  expect(mistakesOf(...argv)).toEqual([expect.stringMatching(message)]);
});

test("help is given whatever else stands there", () => {
  expect(parseOptions(["--help", "forget"], URL)).toEqual({ kind: "help" });
});
