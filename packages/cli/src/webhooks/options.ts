import { parseArgs } from "node:util";
import type { DefinitionsMode } from "@posthorn/core";
import { readOptions } from "../client/api-command.ts";
import type { ParsedOptions } from "../client/api-command.ts";

export const USAGE = `Imports, exports and lists webhooks.

usage: npm run webhooks -- import webhooks.json [--dry-run [--provision]] [--insist]
       npm run webhooks -- export [webhooks.json] [--secrets]
       npm run webhooks -- list

import creates and updates webhooks until all are as the file says, and removes none. A Momentum's webhooks.json is
taken as it is. Webhooks are told by their name, else by their target; - as a file is standard input.

  --dry-run           only show what would change
  --provision         with --dry-run: show what WEBHOOKS_FILE would change, which also removes what has left the file
  --insist            do not store a webhook whose target fails the test POST (default: store it, and warn)
  --secrets           export secrets in clear, for an import elsewhere (default: masked; needs the grant admin)
  --url http://127.0.0.1:8080   (default: POSTHORN_URL, else PORT, else where npm start runs)
  --key …             API key (default: POSTHORN_API_KEY or …_FILE, else the file api-key in DATA_DIR)
  --help

It ends with 0 when all was done, 1 when something failed, 2 when the command line was wrong.`;

/** The file of `import` and `export` that stands for standard input and output. */
export const STANDARD = "-";

export type Command =
  | {
      readonly kind: "import";
      readonly file: string;
      readonly mode: DefinitionsMode;
      readonly isDryRun: boolean;
      readonly insist: boolean;
    }
  | { readonly kind: "export"; readonly file: string; readonly withSecrets: boolean }
  | { readonly kind: "list" };

type Values = NonNullable<ReturnType<typeof parse>>["values"];

export function parseOptions(argv: readonly string[], defaultUrl: string): ParsedOptions<Command> {
  return readOptions({ parse: (mistakes) => parse(argv, mistakes), readCommand, defaultUrl });
}

function readCommand([name, ...rest]: readonly string[], values: Values, mistakes: string[]): Command | undefined {
  switch (name) {
    case "import":
      refuseRest(rest.slice(1), mistakes);
      refuseOptions(name, ["secrets"], values, mistakes);
      if (rest[0] === undefined) mistakes.push("import needs a file: give e.g. webhooks.json, or - for standard input");
      if (values.provision === true && values["dry-run"] !== true)
        mistakes.push("--provision only shows what WEBHOOKS_FILE would change: add --dry-run, or set WEBHOOKS_FILE");
      return {
        kind: "import",
        file: rest[0] ?? STANDARD,
        mode: values.provision === true ? "provision" : "import",
        isDryRun: values["dry-run"] === true,
        insist: values.insist === true,
      };
    case "export":
      refuseRest(rest.slice(1), mistakes);
      refuseOptions(name, ["dry-run", "provision", "insist"], values, mistakes);
      return { kind: "export", file: rest[0] ?? STANDARD, withSecrets: values.secrets === true };
    case "list":
      refuseRest(rest, mistakes);
      refuseOptions(name, ["dry-run", "provision", "insist", "secrets"], values, mistakes);
      return { kind: "list" };
    case undefined:
    default:
      mistakes.push(`There is no command ${name ?? "given"}: give import, export or list; --help tells more`);
      return undefined;
  }
}

function refuseRest(rest: readonly string[], mistakes: string[]): void {
  for (const text of rest)
    mistakes.push(`${text} is one argument too many: leave it out, or quote what belongs together`);
}

function refuseOptions(
  command: string,
  names: readonly ("dry-run" | "provision" | "insist" | "secrets")[],
  values: Values,
  mistakes: string[],
): void {
  for (const name of names) {
    if (values[name] !== undefined) mistakes.push(`--${name} has no meaning with ${command}: leave one of them out`);
  }
}

function parse(argv: readonly string[], mistakes: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        "dry-run": flag,
        provision: flag,
        insist: flag,
        secrets: flag,
        url: text,
        key: text,
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    mistakes.push(`${error instanceof Error ? error.message : String(error)}; --help lists the options`);
    return undefined;
  }
}
