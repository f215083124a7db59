import type { Definitions, PauseAll } from "@posthorn/store";
import type { Log, WarnSparingly } from "@posthorn/runtime";

/** What one worker does every ten seconds: brings partitions up to what was said of them, and removes what was let go. */
export function createSweep(deps: {
  readonly definitions: Pick<Definitions, "applyUnapplied" | "reconcile" | "removeLeft">;
  readonly pauseAll: Pick<PauseAll, "tellAll">;
  readonly log: Pick<Log, "info">;
  readonly warn: WarnSparingly;
}): () => Promise<void> {
  const { definitions, pauseAll, log, warn } = deps;

  /** Resolves to what it failed for. */
  const step = async (
    event: string,
    work: () => Promise<number>,
    what: "webhooks" | "partitions" = "webhooks",
  ): Promise<readonly unknown[]> => {
    try {
      const count = await work();
      if (count > 0) log.info({ [what]: count }, event);
      return [];
    } catch (error) {
      warn(error, "sweep.failed");
      return [error];
    }
  };

  return async () => {
    const failures = [
      ...(await step("definitions.applied", definitions.applyUnapplied)),
      ...(await step("definitions.reconciled", definitions.reconcile)),
      ...(await step("definitions.left", definitions.removeLeft)),
      ...(await step("pause.told", pauseAll.tellAll, "partitions")),
    ];
    if (failures.length > 0) throw failures[0];
  };
}
