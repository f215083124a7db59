import { DomainError } from "@posthorn/core";
import type { SecretBox } from "@posthorn/core";
import type { Log } from "@posthorn/runtime";
import type { Definitions } from "@posthorn/store";

/** Notices when others seal with another secret by now: what this process would seal then, they could not open. */
export interface SecretWatch {
  /** Throws `UNAVAILABLE` for what cannot be sealed, or opened, since the secret was changed meanwhile. */
  readonly box: SecretBox;
  recheck(): Promise<void>;
}

export function watchSecret(deps: {
  readonly definitions: Pick<Definitions, "secretCheck">;
  readonly box: SecretBox;
  readonly log: Pick<Log, "error">;
}): SecretWatch {
  const { definitions, box, log } = deps;
  let isCurrent = true;

  const outOfDate = (cause?: unknown): DomainError =>
    new DomainError(
      "UNAVAILABLE",
      [
        {
          message: "POSTHORN_SECRET was changed: this process handles no secrets until it is started with the new one",
        },
      ],
      { retryAfterSeconds: 5, cause },
    );

  return {
    box: {
      ...box,
      seal: (text, context) => {
        if (!isCurrent) throw outOfDate();
        return box.seal(text, context);
      },
      open: (sealed, context) => {
        try {
          return box.open(sealed, context);
        } catch (error) {
          throw isCurrent ? error : outOfDate(error);
        }
      },
    },
    recheck: async () => {
      const wasCurrent = isCurrent;
      isCurrent = (await definitions.secretCheck(box.checkValue())) === box.checkValue();
      if (wasCurrent && !isCurrent) log.error("secret.changed-meanwhile");
    },
  };
}
