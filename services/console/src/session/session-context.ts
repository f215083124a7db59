import { createContext, use } from "react";
import type { Grant, SessionView } from "@posthorn/api/views";
import { ApiError } from "../api/api-error.ts";
import { grantsAllow } from "./grants.ts";

export interface SessionState {
  /** Who is signed in, or was until a moment ago. */
  readonly session: SessionView;
  /** The session has ended; what is on the page stays while the person signs in again. */
  readonly isEnded: boolean;
}

export const SessionContext = createContext<SessionState | null>(null);

export interface Session extends SessionState {
  /** What the key does not allow is not offered. */
  readonly can: (needed: Grant) => boolean;
}

export function useSession(): Session {
  const state = use(SessionContext);
  if (state === null) throw new Error("useSession needs a SessionGate above it");
  return { ...state, can: (needed) => grantsAllow(state.session.grants, needed) };
}

/**
 * The interval for a query that follows what happens. It stops while nobody is signed in, and for what is gone: that does
 * not come back under the same id.
 */
export function usePollInterval(intervalMs: number): (query: { readonly state: QueryState }) => number | false {
  const { isEnded } = useSession();
  return ({ state: { error } }) => {
    const isGone = error instanceof ApiError && error.status === 404;
    return isEnded || isGone ? false : intervalMs;
  };
}

interface QueryState {
  readonly error: Error | null;
}
