import { MASK, parseDefinitionsText, readDefinitions } from "@posthorn/core";
import type { DefinitionsReport, WebhookView } from "@posthorn/core";
import { describeProblem } from "./client/api-client.ts";
import type { ApiAnswer, ApiClient } from "./client/api-client.ts";
import { runApiCommand } from "./client/api-command.ts";
import { defaultUrl } from "./client/api-url.ts";
import { printableLines } from "./printable.ts";
import { readInput, writeOutput } from "./webhooks/file.ts";
import { parseOptions, STANDARD, USAGE } from "./webhooks/options.ts";
import type { Command } from "./webhooks/options.ts";
import { reportText } from "./webhooks/report-text.ts";
import { webhookTable } from "./webhooks/webhook-table.ts";

type Env = Readonly<Record<string, string | undefined>>;
type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;

interface Tools {
  readonly client: ApiClient;
  readonly env: Env;
  readonly stdin: NodeJS.ReadableStream;
}

/** Each target that does not answer takes its time; this is for hundreds of them. */
const IMPORT_PATIENCE_MS = 5 * 60_000;

/** The command `webhooks`: imports, exports and lists webhooks. Returns the exit code. */
export async function main(
  argv: readonly string[],
  env: Env = process.env,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<number> {
  return runApiCommand(parseOptions(argv, await defaultUrl(env)), {
    usage: USAGE,
    env,
    run: (client, command) => {
      const tools = { client, env, stdin };
      switch (command.kind) {
        case "import":
          return importFile(command, tools);
        case "export":
          return exportFile(command, tools);
        case "list":
          return list(tools);
      }
    },
  });
}

async function importFile({ file, mode, isDryRun, insist }: CommandOf<"import">, tools: Tools): Promise<number> {
  const input = await readInput(file, tools.env, tools.stdin);
  if (input.kind === "bad") {
    console.error(input.message);
    return 2;
  }
  const parsed = parseDefinitionsText(input.text);
  if (parsed.kind === "bad") {
    const what = file === STANDARD ? "Standard input" : file;
    console.error(`${what} cannot be imported:\n  ${describeProblem(parsed.problem)}`);
    return 1;
  }
  const query = `?dry_run=${isDryRun}&mode=${mode}&insist=${insist}`;
  // The API tells what is wrong with the list together with what is wrong with its entries.
  const answer = await tools.client.call("PUT", `/definitions${query}`, parsed.value, {
    patienceMs: IMPORT_PATIENCE_MS,
  });
  if (answer.kind !== "done") return refused(answer);
  const report = answer.results as DefinitionsReport;
  console.log(reportText(report));
  return report.failed.length === 0 ? 0 : 1;
}

/** Standard output gets the file and nothing else. */
async function exportFile({ file, withSecrets }: CommandOf<"export">, tools: Tools): Promise<number> {
  const answer = await tools.client.call("GET", `/definitions${withSecrets ? "?secrets=clear" : ""}`);
  if (answer.kind !== "done") return refused(answer);
  const content = JSON.stringify(answer.results, null, 2);
  // What is escaped means the same to who reads the JSON.
  if (file === STANDARD) console.log(printableLines(content));
  else {
    const problem = await writeOutput({ file, content: `${content}\n`, isSecret: withSecrets }, tools.env);
    if (problem !== undefined) {
      console.error(problem);
      return 1;
    }
    console.error(`${file} holds ${(answer.results as readonly unknown[]).length} webhook(s)`);
  }
  if (content.includes(MASK))
    console.error("Its secrets are masked: it can be imported here, and with --secrets elsewhere");
  // Names need not be unique, but then a file cannot tell which is which.
  for (const problem of readDefinitions(answer.results).problems) {
    console.error(`It cannot be imported before that is mended: ${describeProblem(problem)}`);
  }
  return 0;
}

async function list({ client }: Tools): Promise<number> {
  const answer = await client.call("GET", "/webhooks");
  if (answer.kind !== "done") return refused(answer);
  const webhooks = answer.results as readonly WebhookView[];
  if (webhooks.length === 0) console.error("There is no webhook; npm run webhooks -- import makes some of a file");
  else console.log(webhookTable(webhooks));
  return 0;
}

function refused({ message }: Exclude<ApiAnswer, { kind: "done" }>): number {
  console.error(message);
  return 1;
}
