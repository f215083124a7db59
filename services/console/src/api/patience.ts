import type { ApiCall } from "./api-client.ts";

const READ_MS = 10_000;
/** An action on all that waits takes as long as there is much of it. */
const CHANGE_MS = 30_000;
/** The target, and where its tokens come from, have `DELIVERY_TIMEOUT` each, which may be configured to be long. */
const TARGET_MS = 180_000;

/** What a call does beside its answer: whoever gets none has to know whether anything may have happened. */
export type CallKind = "read" | "change" | "target";

/** By its method, unless the call says otherwise. */
export function kindOf({ kind, method = "GET" }: Pick<ApiCall, "kind" | "method">): CallKind {
  return kind ?? (method === "GET" ? "read" : "change");
}

/** How long an answer is waited for: an API that hangs would else never be noticed. */
export function patienceMs(kind: CallKind): number {
  switch (kind) {
    case "read":
      return READ_MS;
    case "change":
      return CHANGE_MS;
    case "target":
      return TARGET_MS;
  }
}
