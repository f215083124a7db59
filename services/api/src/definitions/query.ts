import { DomainError } from "@posthorn/core";
import type { SecretsShown } from "@posthorn/core";

/** A switch in a query: `true` or `false`, which is what it is when it is left out. Throws `INVALID`. */
export function readSwitch(text: unknown, name: string): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw new DomainError("INVALID", [{ message: `${name} is true or false`, param: name, value: text }]);
}

/** `secrets=clear` of a query; without it they are masked. Throws `INVALID`. */
export function readSecretsShown(text: unknown): SecretsShown {
  if (text === undefined) return "masked";
  if (text === "clear") return "clear";
  throw new DomainError("INVALID", [
    { message: "secrets is clear, or left out to have them masked", param: "secrets", value: text },
  ]);
}
