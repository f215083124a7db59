import { DomainError, openTarget } from "@posthorn/core";
import type { Problem, SecretBox, TargetAccess, Webhook } from "@posthorn/core";

/** Opens what the target is to be shown. Throws `INVALID`, with what to do, when a stored secret cannot be opened. */
export function openAccess(webhook: Webhook, box: Pick<SecretBox, "open">, nowMs: number): TargetAccess {
  try {
    return openTarget(webhook, box, nowMs);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError(
      "INVALID",
      [
        {
          message: "A stored secret of this webhook cannot be opened: set all of its secrets anew",
          description: error instanceof Error ? error.message : String(error),
        },
      ],
      { cause: error },
    );
  }
}

/** The same problem as a value: empty when all of it can be opened. */
export function accessProblems(webhook: Webhook, box: Pick<SecretBox, "open">, nowMs: number): readonly Problem[] {
  try {
    openAccess(webhook, box, nowMs);
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.code === "INVALID") return error.problems;
    throw error;
  }
}
