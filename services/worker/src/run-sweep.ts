import type { Definitions } from "@posthorn/store";
import type { Log, WarnSparingly } from "@posthorn/runtime";

/** What one worker does every ten seconds: brings partitions up to their definitions, and removes what was let go. */
export function createSweep(deps: {
  readonly definitions: Pick<Definitions, "applyUnapplied" | "reconcile" | "removeLeft">;
  readonly log: Pick<Log, "info">;
  readonly warn: WarnSparingly;
}): () => Promise<void> {
  const { definitions, log, warn } = deps;

  /** Resolves to what it failed for. */
  const step = async (event: string, work: () => Promise<number>): Promise<readonly unknown[]> => {
    try {
      const webhooks = await work();
      if (webhooks > 0) log.info({ webhooks }, event);
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
    ];
    if (failures.length > 0) throw failures[0];
  };
}
