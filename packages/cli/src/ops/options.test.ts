import { parseOptions } from "./options.ts";
import type { Command } from "./options.ts";

const URL = "http://127.0.0.1:8080";
const NOW = Date.parse("2026-03-02T21:38:08Z");
const BATCH = "a8272f63-9e28-58a6-b87c-125315e69246";
const UNFILTERED = { states: undefined, olderMs: undefined, failedAttempts: undefined };

function commandOf(text: string): Command {
  const parsed = parseOptions(text.split(" "), URL, NOW);
  if (parsed.kind !== "options") throw new Error(JSON.stringify(parsed));
  return parsed.options.command;
}
function mistakesOf(text: string): readonly string[] {
  const parsed = parseOptions(text.split(" "), URL, NOW);
  return parsed.kind === "mistakes" ? parsed.mistakes : [];
}

test.each([
  ["status", { kind: "status" }],
  ["backlogs --limit 3", { kind: "backlogs", limit: 3 }],
  ["pause", { kind: "pause", webhook: undefined, batches: [] }],
  ["resume --webhook CRM --batch " + BATCH, { kind: "resume", webhook: "CRM", batches: [BATCH] }],
  ["drain --all", { kind: "drain", webhook: undefined }],
  ["drain --webhook CRM", { kind: "drain", webhook: "CRM" }],
  [
    "batches --webhook CRM --state waiting,paused --older 1h --failed 2",
    {
      kind: "batches",
      webhook: "CRM",
      filter: { states: ["waiting", "paused"], olderMs: 3_600_000, failedAttempts: 2 },
      limit: 100,
    },
  ],
  [
    `retry --webhook CRM --batch ${BATCH}`,
    { kind: "retry", webhook: "CRM", chosen: { kind: "named", batches: [BATCH] } },
  ],
  [
    "retry --webhook CRM --failed 1",
    { kind: "retry", webhook: "CRM", chosen: { kind: "filtered", filter: { ...UNFILTERED, failedAttempts: 1 } } },
  ],
  [
    "discard --webhook CRM --all --yes",
    { kind: "discard", webhook: "CRM", chosen: { kind: "all" }, isConfirmed: true },
  ],
  [
    "archive --dir /x --since 90m",
    { kind: "archive", files: { dir: "/x", webhook: undefined, sinceMs: NOW - 5_400_000, untilMs: undefined } },
  ],
  ["replay one two --to CRM --again", { kind: "replay", files: ["one", "two"], to: "CRM", isAgain: true }],
  [
    "replay --webhook CRM --until 2026-03-01",
    {
      kind: "replay",
      files: { dir: undefined, webhook: "CRM", sinceMs: undefined, untilMs: Date.parse("2026-03-01") },
      to: undefined,
      isAgain: false,
    },
  ],
])("%s", (text, command) => {
  expect(commandOf(text)).toEqual(command);
});

test.each([
  ["forget", /no command forget: give one of status, /],
  ["status more", /more is one argument too many/],
  ["status --limit 3", /--limit has no meaning with status/],
  ["backlogs --limit 0", /--limit 0 is no whole number from 1/],
  ["pause --batch " + BATCH, /pause needs --webhook/],
  ["pause --webhook CRM --batch 7", /--batch 7 is no id of a batch/],
  ["drain", /either --webhook or --all/],
  ["drain --all --webhook CRM", /either --webhook or --all/],
  ["batches", /batches needs --webhook/],
  ["batches --webhook CRM --older soon", /--older soon is no duration/],
  ["retry --webhook CRM", /for all that waits use drain/],
  [`retry --webhook CRM --batch ${BATCH} --failed 1`, /either --batch or a filter/],
  ["discard --webhook CRM --yes", /or --all for all that waits/],
  ["discard --webhook CRM --all --failed 1", /either --batch or a filter or --all/],
  ["archive --since yesterday", /--since yesterday is no time/],
  ["replay", /replay needs to know which files/],
  ["replay file --all", /leave one of them out/],
])("%s is refused, saying what to do", (text, message) => {
  expect(mistakesOf(text)).toEqual([expect.stringMatching(message)]);
});
