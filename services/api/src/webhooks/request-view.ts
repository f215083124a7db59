import type { Problem } from "@posthorn/core";

/** A POST to a target as it is shown before it is made; secrets that the caller has not sent are masked. */
export interface RequestView {
  readonly method: "POST";
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What `POST /webhooks/check` finds in a definition, and what a batch of such a webhook would look like. */
export interface CheckView {
  readonly problems: readonly Problem[];
  /** `null` while there are problems. */
  readonly request: RequestView | null;
}
