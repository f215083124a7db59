import { DomainError } from "@posthorn/core";
import type { DefinitionsMode, SecretsShown } from "@posthorn/core";

/** A switch in a query: `true` or `false`, which is what it is when it is left out. Throws `INVALID`. */
export function readSwitch(text: unknown, name: string): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw new DomainError("INVALID", [{ message: `${name} is true or false`, param: name, value: text }]);
}

/**
 * `mode=provision` of a query, which tells what `WEBHOOKS_FILE` would do; it does nothing itself, since only the processes
 * that have the file may say what it owns. Throws `INVALID`.
 */
export function readMode(text: unknown, isDryRun: boolean): DefinitionsMode {
  if (text === undefined || text === "import") return "import";
  if (text !== "provision")
    throw new DomainError("INVALID", [{ message: "mode is import or provision", param: "mode", value: text }]);
  if (isDryRun) return "provision";
  throw new DomainError("INVALID", [
    {
      message:
        "mode=provision only tells what WEBHOOKS_FILE would do: add dry_run=true; to have it done, set WEBHOOKS_FILE and restart the API or send it SIGHUP",
      param: "mode",
      value: text,
    },
  ]);
}

/** `secrets=clear` of a query; without it they are masked. Throws `INVALID`. */
export function readSecretsShown(text: unknown): SecretsShown {
  if (text === undefined) return "masked";
  if (text === "clear") return "clear";
  throw new DomainError("INVALID", [
    { message: "secrets is clear, or left out to have them masked", param: "secrets", value: text },
  ]);
}
