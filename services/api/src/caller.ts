import type { Response } from "express";
import type { Grant } from "@posthorn/core";

/** Who makes a call, as its API key tells. */
export interface Caller {
  /** Tells keys apart without showing them. */
  readonly keyId: string;
  /** What people call the key; `null` for the one of the configuration. */
  readonly label: string | null;
  readonly grants: readonly Grant[];
  /** What the key is bound to: `0` = the primary account, `null` = nothing. */
  readonly subaccountId: number | null;
  /** Of the console, where the key was shown once; absent for a call with a key. */
  readonly session?: CallerSession;
}

export interface CallerSession {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Called once a request's key has been admitted. */
export function setCaller(response: Response, caller: Caller): void {
  response.locals["caller"] = caller;
}

/** The caller of a request, if it has got as far as to have one. */
export function callerIfAny(response: Response): Caller | undefined {
  return response.locals["caller"] as Caller | undefined;
}

/** The caller of a request that has passed `authenticate`. */
export function callerOf(response: Response): Caller {
  const caller = callerIfAny(response);
  if (caller === undefined) throw new Error("a route that needs a caller is mounted before authenticate");
  return caller;
}
