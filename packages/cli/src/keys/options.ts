import { parseArgs } from "node:util";
import { apiKeyId, GRANTS, idOfKeyText } from "@posthorn/core";
import type { ApiKeyId, Grant } from "@posthorn/core";
import { parseDurationMs } from "@posthorn/runtime";
import { readOptions } from "../client/api-command.ts";
import type { ParsedOptions } from "../client/api-command.ts";

export const USAGE = `Makes, lists and revokes API keys.

usage: npm run keys -- create --label MTA --grant events/ingest [options]
       npm run keys -- list
       npm run keys -- revoke <id>

  --label MTA         what people call the key
  --grant events/ingest  what it allows; give it again for more. There are webhooks/view, webhooks/modify
                      (and view), events/ingest and admin (everything)
  --subaccount 7      binds it to that subaccount; 0 = the primary account (default: not bound)
  --expires 30d       how long it works (default: for ever)
  --url http://127.0.0.1:8080   (default: POSTHORN_URL, else PORT, else where npm start runs)
  --key …             API key with the grant admin (default: POSTHORN_API_KEY or …_FILE, else the file api-key in DATA_DIR)
  --help

create prints nothing but the key on its standard output:
  KEY=$(npm run -s keys -- create --label MTA --grant events/ingest)`;

export type Command =
  | {
      readonly kind: "create";
      readonly label: string;
      readonly grants: readonly Grant[];
      /** `null` = not bound. */
      readonly subaccountId: number | null;
      /** `null` = never. */
      readonly expiresInMs: number | null;
    }
  | { readonly kind: "list" }
  | { readonly kind: "revoke"; readonly id: ApiKeyId };

type Values = NonNullable<ReturnType<typeof parse>>["values"];

/** Beyond this, dates have years that not everybody can read. */
const EXPIRES_MAX_MS = 100 * 365 * 86_400_000;

export function parseOptions(argv: readonly string[], defaultUrl: string): ParsedOptions<Command> {
  return readOptions({ parse: (mistakes) => parse(argv, mistakes), readCommand, defaultUrl });
}

function readCommand(positionals: readonly string[], values: Values, mistakes: string[]): Command | undefined {
  const [name, ...rest] = positionals;
  switch (name) {
    case "create":
      refuseRest(rest, mistakes);
      return readCreate(values, mistakes);
    case "list":
      refuseRest(rest, mistakes);
      refuseCreateOptions(name, values, mistakes);
      return { kind: "list" };
    case "revoke": {
      refuseRest(rest.slice(1), mistakes);
      refuseCreateOptions(name, values, mistakes);
      const id = readId(rest[0] ?? "");
      if (id !== undefined) return { kind: "revoke", id };
      mistakes.push(`revoke ${rest[0] ?? ""} names no key: give an id that npm run keys -- list shows`);
      return undefined;
    }
    case undefined:
    default:
      mistakes.push(`There is no command ${name ?? "given"}: give create, list or revoke; --help tells more`);
      return undefined;
  }
}

function readCreate(values: Values, mistakes: string[]): Command {
  const { label = "", grant = [], subaccount, expires } = values;
  if (label.trim() === "") mistakes.push("--label is missing: say what the key is for, e.g. --label MTA");
  const grants = GRANTS.filter((known) => grant.includes(known));
  const unknown = grant.filter((given) => !GRANTS.some((known) => known === given));
  for (const given of unknown) mistakes.push(`--grant ${given} is no grant: give one of ${GRANTS.join(", ")}`);
  if (grant.length === 0) mistakes.push(`--grant is missing: give one or more of ${GRANTS.join(", ")}`);
  if (subaccount !== undefined && !/^\d{1,10}$/.test(subaccount)) {
    mistakes.push(`--subaccount ${subaccount} is no whole number from 0: give e.g. --subaccount 7`);
  }
  const expiresInMs = expires === undefined ? null : (parseDurationMs(expires) ?? 0);
  if (expiresInMs !== null && (expiresInMs < 1 || expiresInMs > EXPIRES_MAX_MS)) {
    mistakes.push(`--expires ${expires} is no duration up to a hundred years: give e.g. --expires 30d`);
  }
  const subaccountId = subaccount === undefined ? null : Number(subaccount);
  return { kind: "create", label, grants, subaccountId, expiresInMs };
}

/** An id as `list` shows it, with `ph_` before it, or the one in a whole key: whoever has that need not look it up. */
function readId(text: string): ApiKeyId | undefined {
  return idOfKeyText(text) ?? apiKeyId(text.replace(/^ph_/, ""));
}

function refuseRest(rest: readonly string[], mistakes: string[]): void {
  for (const text of rest)
    mistakes.push(`${text} is one argument too many: leave it out, or quote what belongs together`);
}

function refuseCreateOptions(command: string, values: Values, mistakes: string[]): void {
  for (const name of ["label", "grant", "subaccount", "expires"] as const) {
    if (values[name] !== undefined) mistakes.push(`--${name} has no meaning with ${command}: leave one of them out`);
  }
}

function parse(argv: readonly string[], mistakes: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        label: text,
        grant: { type: "string", multiple: true },
        subaccount: text,
        expires: text,
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
