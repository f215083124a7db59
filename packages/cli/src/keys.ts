import type { ApiKeyView, NewApiKeyView } from "@posthorn/core";
import type { ApiAnswer, ApiClient } from "./client/api-client.ts";
import { runApiCommand } from "./client/api-command.ts";
import { defaultUrl } from "./client/api-url.ts";
import { keyTable } from "./keys/key-table.ts";
import { parseOptions, USAGE } from "./keys/options.ts";
import type { Command } from "./keys/options.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The command `keys`: makes, lists and revokes API keys. Returns the exit code. */
export async function main(argv: readonly string[], env: Env = process.env): Promise<number> {
  return runApiCommand(parseOptions(argv, await defaultUrl(env)), {
    usage: USAGE,
    env,
    run: async (client, command) => {
      const answer = await run(client, command);
      switch (answer.kind) {
        case "refused":
        case "unreachable":
          console.error(answer.message);
          return 1;
        case "done":
          tell(command, answer.results);
          return 0;
      }
    },
  });
}

function run(client: ApiClient, command: Command): Promise<ApiAnswer> {
  switch (command.kind) {
    case "create":
      return client.call("POST", "/api-keys", {
        label: command.label,
        grants: command.grants,
        subaccount_id: command.subaccountId,
        expires_at: command.expiresInMs === null ? null : new Date(Date.now() + command.expiresInMs).toISOString(),
      });
    case "list":
      return client.call("GET", "/api-keys");
    case "revoke":
      return client.call("DELETE", `/api-keys/${command.id}`);
  }
}

/** Standard output gets what a script may want, standard error what people want to know besides. */
function tell(command: Command, results: unknown): void {
  switch (command.kind) {
    case "create": {
      const { id, key, expires_at: expiresAt } = results as NewApiKeyView;
      console.error(
        `The key ${id} is made${expiresAt === null ? "" : `, and works until ${expiresAt}`}. It is shown this once: keep it.`,
      );
      console.log(key);
      return;
    }
    case "list": {
      const keys = results as readonly ApiKeyView[];
      if (keys.length === 0) console.error("There is no key but the bootstrap key; npm run keys -- create makes one");
      else console.log(keyTable(keys, Date.now()));
      return;
    }
    case "revoke":
      console.error(`The key ${command.id} is revoked: it is admitted nowhere any more`);
  }
}
