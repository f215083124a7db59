import { createApiClient } from "./api-client.ts";
import type { ApiClient } from "./api-client.ts";
import { readUrl } from "./api-url.ts";
import { findApiKey, NO_API_KEY } from "./find-api-key.ts";

/** What a command that calls the API was told. */
export interface ApiOptions<Command> {
  readonly command: Command;
  readonly url: string;
  /** `null` = look for it elsewhere. */
  readonly key: string | null;
}

export type ParsedOptions<Command> =
  | { readonly kind: "options"; readonly options: ApiOptions<Command> }
  | { readonly kind: "help" }
  | { readonly kind: "mistakes"; readonly mistakes: readonly string[] };

interface CommonValues {
  readonly help?: boolean | undefined;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
}

/** Reads a command line; a mistake is never silently a default, and all are told at once. */
export function readOptions<Values extends CommonValues, Command>(reading: {
  readonly parse: (mistakes: string[]) => { values: Values; positionals: readonly string[] } | undefined;
  readonly readCommand: (positionals: readonly string[], values: Values, mistakes: string[]) => Command | undefined;
  readonly defaultUrl: string;
}): ParsedOptions<Command> {
  const mistakes: string[] = [];
  const parsed = reading.parse(mistakes);
  if (parsed === undefined) return { kind: "mistakes", mistakes };
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: "help" };
  const command = reading.readCommand(positionals, values, mistakes);
  const url = readUrl(values.url ?? reading.defaultUrl, mistakes);
  if (command === undefined || mistakes.length > 0) return { kind: "mistakes", mistakes };
  return { kind: "options", options: { command, url, key: values.key ?? null } };
}

/** Runs a command with a client of the API, or says why it cannot. Resolves to the exit code. */
export async function runApiCommand<Command>(
  parsed: ParsedOptions<Command>,
  tools: {
    readonly usage: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly run: (client: ApiClient, command: Command) => Promise<number>;
  },
): Promise<number> {
  switch (parsed.kind) {
    case "help":
      console.log(tools.usage);
      return 0;
    case "mistakes":
      console.error(parsed.mistakes.join("\n"));
      return 2;
    case "options": {
      const { command, url, key } = parsed.options;
      const apiKey = key ?? (await findApiKey(tools.env));
      if (apiKey === undefined) {
        console.error(NO_API_KEY);
        return 2;
      }
      return tools.run(createApiClient({ url, apiKey }), command);
    }
  }
}
