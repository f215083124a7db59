import { DomainError } from "@posthorn/core";
import { BATCH_STATES, parseCursor } from "@posthorn/store";
import type { BatchCursor, BatchState } from "@posthorn/store";

/** The `state` of a query: one or several, with commas between them; all unless given. Throws `INVALID`. */
export function readStates(text: unknown): readonly BatchState[] | undefined {
  if (text === undefined) return undefined;
  const names = typeof text === "string" ? text.split(",") : [];
  const states = BATCH_STATES.filter((state) => names.includes(state));
  if (names.length > 0 && names.every((name) => states.some((state) => state === name))) return states;
  throw new DomainError("INVALID", [
    { message: `state is one or several of ${BATCH_STATES.join(", ")}`, param: "state", value: text },
  ]);
}

/** The `cursor` of a query, as the answer before gave it. Throws `INVALID`. */
export function readCursor(text: unknown): BatchCursor | undefined {
  if (text === undefined) return undefined;
  const cursor = typeof text === "string" ? parseCursor(text) : undefined;
  if (cursor !== undefined) return cursor;
  throw new DomainError("INVALID", [
    { message: "cursor is what the answer before gave; leave it out to begin anew", param: "cursor", value: text },
  ]);
}
