import { WORKER_BEATS_EVERY_MS } from "@posthorn/store";
import type { Processes } from "@posthorn/store";
import type { WarnSparingly } from "@posthorn/runtime";

export interface Heartbeat {
  /** This process leaves: it does not count as living any more. */
  stop(): Promise<void>;
}

/** Says now, and again every few seconds, that this worker lives. */
export async function startHeartbeat(deps: {
  readonly processes: Pick<Processes, "noteWorker" | "forgetWorker">;
  readonly processId: string;
  readonly warn: WarnSparingly;
}): Promise<Heartbeat> {
  const { processes, processId, warn } = deps;
  /** Resolves to whether Redis heard it. */
  const beat = async (): Promise<boolean> => {
    try {
      await processes.noteWorker(processId);
      return true;
    } catch (error) {
      warn(error, "heartbeat.failed");
      return false;
    }
  };
  let beating = beat();
  await beating;
  const timer = setInterval(() => {
    beating = beat();
  }, WORKER_BEATS_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      // One that is under way must not come after the good-bye.
      if (!(await beating)) return;
      await processes.forgetWorker(processId).catch((error: unknown) => warn(error, "heartbeat.failed"));
    },
  };
}
