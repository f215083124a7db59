import { setTimeout as delay } from "node:timers/promises";
import type { BatchId } from "@posthorn/core";
import { LANES } from "@posthorn/store";
import type { Lane, OverdueReservation } from "@posthorn/store";
import type { Place, Room } from "./room.ts";

export interface DirectTaker {
  /** Takes a batch without a job, see `createBatches`; false when there is no room, but then it is taken once there is. */
  take(partition: number, reservation: OverdueReservation): boolean;
  close(): void;
}

interface Job extends OverdueReservation {
  readonly partition: number;
}

/** What is not kept is found overdue again. */
const KEPT = 1_000;
/** After this it is seen again whether what is left of the room is still kept for other webhooks. */
const NOT_YET_MS = 250;

/**
 * Takes what the queues do not bring: because they are stuck, or because Redis has no memory for jobs. The claim decides,
 * so a batch that somebody else has taken meanwhile costs no more than a question.
 */
export function createDirectTaker(deps: {
  readonly room: Pick<Room, "tryTake" | "whenRoom">;
  /** Uses the place, or releases it; never throws. */
  readonly begin: (place: Place, job: Job) => void;
}): DirectTaker {
  const { room, begin } = deps;
  const waiting: Record<Lane, Map<BatchId, Job>> = { fresh: new Map(), retry: new Map() };
  const pumping = new Set<Lane>();
  let isClosed = false;

  /** Begins the first of them that may begin now. */
  const beginOne = (lane: Lane, jobs: Iterable<Job>): boolean => {
    for (const job of jobs) {
      const place = room.tryTake(lane, job.webhook);
      if (place === "no-room") return false;
      if (place === "not-yet") continue;
      waiting[lane].delete(job.batch);
      begin(place, job);
      return true;
    }
    return false;
  };

  const pump = async (lane: Lane): Promise<void> => {
    while (waiting[lane].size > 0) {
      await room.whenRoom(lane);
      if (isClosed) return;
      if (!beginOne(lane, waiting[lane].values())) await delay(NOT_YET_MS);
    }
    pumping.delete(lane);
  };

  return {
    take: (partition, reservation) => {
      const { lane, batch } = reservation;
      if (isClosed) return false;
      const job = { ...reservation, partition };
      if (beginOne(lane, [job])) return true;
      if (waiting[lane].size >= KEPT && !waiting[lane].has(batch)) return false;
      // The newest hint is the one that may be claimed.
      waiting[lane].set(batch, job);
      if (!pumping.has(lane)) {
        pumping.add(lane);
        void pump(lane);
      }
      return false;
    },
    close: () => {
      isClosed = true;
      for (const lane of LANES) waiting[lane].clear();
    },
  };
}
