import type { ApiClient } from "./client/api-client.ts";
import { runApiCommand } from "./client/api-command.ts";
import { defaultUrl } from "./client/api-url.ts";
import { counted } from "./ops/amounts.ts";
import { fileTable, findFiles, namedFiles } from "./ops/archive-files.ts";
import type { FoundFile } from "./ops/archive-files.ts";
import { isUnfiltered } from "./ops/batch-filter.ts";
import { batchTable, listBatches } from "./ops/batches.ts";
import { drain } from "./ops/drain.ts";
import { parseOptions } from "./ops/options.ts";
import type { ArchiveFilter, Command } from "./ops/options.ts";
import { pause } from "./ops/pause.ts";
import { replay } from "./ops/replay.ts";
import { backlogTable, statusText } from "./ops/stats.ts";
import type { Stats } from "./ops/stats.ts";
import { steerBatches } from "./ops/steer-batches.ts";
import { USAGE } from "./ops/usage.ts";
import { ask, findWebhook } from "./ops/webhooks.ts";
import type { Told } from "./ops/webhooks.ts";
import { printableLines } from "./printable.ts";

type Env = Readonly<Record<string, string | undefined>>;
type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;

/** The command `ops`: looks into a running Posthorn and steers it. Returns the exit code. */
export async function main(argv: readonly string[], env: Env = process.env): Promise<number> {
  return runApiCommand(parseOptions(argv, await defaultUrl(env), Date.now()), {
    usage: USAGE,
    env,
    run: (client, command) => run(client, command, env),
  });
}

/** Standard output gets what a script may want, standard error what people want to know besides. */
function run(client: ApiClient, command: Command, env: Env): Promise<number> {
  switch (command.kind) {
    case "status":
      return tell(ask<Stats>(client, "GET", "/stats?limit=1"), (stats) => console.log(statusText(stats, Date.now())));
    case "backlogs":
      return tell(ask<Stats>(client, "GET", `/stats?limit=${command.limit}`), ({ webhooks, totals }) => {
        if (webhooks.length === 0) console.error("There is no webhook");
        else console.log(backlogTable(webhooks, Date.now()));
        if (totals.webhooks > webhooks.length)
          console.error(`… and ${totals.webhooks - webhooks.length} more (--limit)`);
      });
    case "pause":
    case "resume":
      return tell(pause(client, command), (text) => console.error(text));
    case "drain":
      return tell(drain(client, command.webhook), (lines) => console.log(lines.map(printableLines).join("\n")));
    case "batches":
      return showBatches(client, command);
    case "retry":
    case "discard": {
      const isConfirmed = command.kind === "retry" || command.isConfirmed;
      const { kind: action, webhook, chosen } = command;
      return tell(steerBatches(client, { action, webhook, chosen, isConfirmed }), ({ text, isDone }) => {
        console.error(text);
        return isDone;
      });
    }
    case "archive":
      return tell(filesOf(client, command.files, env), async (files) => {
        if (files.length === 0) console.error("There is no such file");
        else console.log(await fileTable(files));
      });
    case "replay":
      return replayFiles(client, command, env);
  }
}

/** Does what is to be done with the answer, or says why there is none; `false` of that makes the command fail, too. */
async function tell<T>(
  asked: Promise<Told<T>>,
  use: (value: T) => void | boolean | Promise<void | boolean>,
): Promise<number> {
  const told = await asked;
  if (told.kind === "failed") {
    console.error(told.message);
    return 1;
  }
  return (await use(told.value)) === false ? 1 : 0;
}

async function showBatches(client: ApiClient, { webhook, filter, limit }: CommandOf<"batches">): Promise<number> {
  const found = await findWebhook(client, webhook);
  if (found.kind === "failed") return tell(Promise.resolve(found), () => undefined);
  const nowMs = Date.now();
  return tell(listBatches(client, found.value.id, filter, { limit, nowMs }), (batches) => {
    if (batches.length === 0) console.error(`${found.value.name} has no ${isUnfiltered(filter) ? "" : "such "}batch`);
    else console.log(batchTable(batches, nowMs));
  });
}

async function filesOf(client: ApiClient, filter: ArchiveFilter, env: Env): Promise<Told<readonly FoundFile[]>> {
  if (filter.webhook === undefined) return findFiles(filter, undefined, env);
  const found = await findWebhook(client, filter.webhook);
  return found.kind === "failed" ? found : findFiles(filter, found.value.id, env);
}

async function replayFiles(client: ApiClient, { files, to, isAgain }: CommandOf<"replay">, env: Env): Promise<number> {
  const target = to === undefined ? undefined : await findWebhook(client, to);
  if (target?.kind === "failed") return tell(Promise.resolve(target), () => undefined);
  const chosen = "dir" in files ? filesOf(client, files, env) : Promise.resolve(namedFiles(files, env));
  return tell(chosen, async (all) => {
    if (all.length === 0) console.error("There is no such file");
    const failed = await replay({
      client,
      files: all,
      to: target?.value.id,
      isAgain,
      onFile: ({ file, result }) => {
        switch (result.kind) {
          case "sent":
            return console.log(`${file}: ${counted(result.events, "event")} sent`);
          case "sent-before":
            return console.error(
              `${file}: not sent, since it was within IDEMPOTENCY_WINDOW (1h) already; --again sends it once more`,
            );
          case "failed":
            return console.error(`${file}: ${result.message}`);
        }
      },
    });
    return failed === 0;
  });
}
