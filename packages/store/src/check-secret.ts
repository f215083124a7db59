import type { SecretBox } from "@posthorn/core";
import type { Definitions } from "./definitions.ts";

interface CheckSecretDeps {
  readonly definitions: Pick<Definitions, "secretCheck">;
  readonly box: Pick<SecretBox, "checkValue" | "previousCheckValue">;
}

/**
 * Throws, with what to do, unless this process holds the secret that the webhooks of this Redis are sealed with, as its
 * current or as its previous one. Resolves to which of them it is.
 */
export async function checkSecret({ definitions, box }: CheckSecretDeps): Promise<"current" | "previous"> {
  const stored = await definitions.secretCheck(box.checkValue());
  if (stored === box.checkValue()) return "current";
  if (stored === box.previousCheckValue()) return "previous";
  throw new Error(
    "POSTHORN_SECRET differs from the one that this Redis' webhooks are stored with: give every process the same one; " +
      "to change it, give every process the old one too, as POSTHORN_SECRET_PREVIOUS, and restart the API last",
  );
}
