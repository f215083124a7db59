import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Router } from "express";
import type { RequestHandler } from "express";
import type { Grant } from "@posthorn/core";
import type { LaneQueue } from "@posthorn/store";
import { keepFor } from "@posthorn/store";
import { methodNotAllowed } from "../errors.ts";

export const QUEUE_BOARD_PATH = "/admin/queues";
export const QUEUE_BOARD_GRANT: Grant = "admin";

export interface QueueBoardDeps {
  /** All queues that there are now. */
  readonly laneQueues: () => Promise<readonly LaneQueue[]>;
}

interface Board {
  readonly handle: RequestHandler;
  /** Shows the queues of partitions that have come into use. */
  readonly refresh: () => Promise<void>;
}

/** Its styles are partly made in the browser; what it would load from elsewhere, a font, it does without. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const REFRESH_EVERY_MS = 5_000;

/**
 * bull-board, to look into BullMQ's queues and to change nothing: a job is a hint, and what counts is in the batches, which
 * the API steers. Loaded when somebody asks for it. Mount it behind what admits administrators only.
 */
export function createQueueBoardRouter(deps: QueueBoardDeps): Router {
  let loading: Promise<Board> | undefined;
  const router = Router();
  router.use((request, response, next) => {
    if (request.method === "GET" || request.method === "HEAD") next();
    else void methodNotAllowed("GET", "HEAD")(request, response, next);
  });
  router.use(async (request, response, next) => {
    loading ??= loadBoard(deps);
    // What could not be loaded is tried again.
    loading.catch(() => (loading = undefined));
    const { handle, refresh } = await loading;
    await refresh();
    response.set({ "Content-Security-Policy": POLICY, "Cache-Control": "no-store" });
    await handle(request, response, next);
  });
  return router;
}

async function loadBoard({ laneQueues }: QueueBoardDeps): Promise<Board> {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import("@bull-board/api"),
    import("@bull-board/api/bullMQAdapter"),
    import("@bull-board/express"),
  ]);
  /** BullMQ tells workers by the names of their connections, and ours have names of their own: nobody knows. */
  class LaneAdapter extends BullMQAdapter {
    override async getWorkers(): Promise<null> {
      return null;
    }
  }
  const serverAdapter = new ExpressAdapter().setBasePath(QUEUE_BOARD_PATH);
  const { replaceQueues } = createBullBoard({
    queues: [],
    serverAdapter,
    options: {
      uiBasePath: dirname(createRequire(import.meta.url).resolve("@bull-board/ui/package.json")),
      uiConfig: { boardTitle: "Posthorn queues" },
    },
  });
  const refresh = async (): Promise<void> => {
    const queues = await laneQueues();
    replaceQueues(
      queues.map(
        ({ partition, lane, queue }) =>
          new LaneAdapter(queue, {
            readOnlyMode: true,
            prefix: `p${partition}-`,
            displayName: `${lane}, partition ${partition}`,
          }),
      ),
    );
  };
  const app = serverAdapter.getRouter() as RequestHandler & { disable(setting: string): void };
  for (const setting of ["x-powered-by", "etag"]) app.disable(setting);
  return { handle: app, refresh: keepFor(REFRESH_EVERY_MS, refresh) };
}
