import type { Grant } from "@posthorn/core";
import { failures } from "./failures.ts";
import type { FailureStatus } from "./failures.ts";
import type { Answer, Operation, Reference } from "./operation.ts";
import { KEY_SECURITY } from "./operation.ts";

/** An operation that needs a key, as far as it differs from the others. */
export interface KeyedCall extends Omit<Operation, "responses" | "security" | "x-posthorn"> {
  readonly grant: Grant;
  /** False for what the original API does not have. */
  readonly isOriginal: boolean;
  /** By their status. */
  readonly answers: Readonly<Record<string, Answer | Reference>>;
  /** What can go wrong beside that which can go wrong with each of these calls. */
  readonly fails: readonly FailureStatus[];
}

/** Adds what all calls that need a key have in common, so that none can forget it. */
function keyedCall(common: readonly FailureStatus[], call: KeyedCall): Operation {
  const { grant, isOriginal, answers, fails, description, ...rest } = call;
  return {
    ...rest,
    description: `${description}\n\nNeeds a key with the grant \`${grant}\`${IMPLIED[grant]}.`,
    responses: { ...answers, ...failures(...[...fails, ...common].toSorted((a, b) => a - b)) },
    security: KEY_SECURITY,
    ...(isOriginal ? {} : { "x-posthorn": true as const }),
  };
}

/** A call that counts against `API_RATE_LIMIT`. */
export function managementCall(call: KeyedCall): Operation {
  return keyedCall([401, 403, 429, 500, 503], call);
}

/** A call that takes events, as many as there are. */
export function ingestCall(call: KeyedCall): Operation {
  return keyedCall([401, 403, 500, 503], call);
}

const IMPLIED: Readonly<Record<Grant, string>> = {
  "webhooks/view": " (`webhooks/modify` and `admin` include it)",
  "webhooks/modify": " (`admin` includes it)",
  "events/ingest": " (`admin` includes it)",
  admin: "",
};
