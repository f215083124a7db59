import type { Problem, RequestView } from "@posthorn/api/views";
import { problemsOf } from "../api/api-error.ts";

/** One test of this visit. */
export interface TestRun {
  readonly number: number;
  readonly at: string;
  /** What was sent, if it could be shown before. */
  readonly request: RequestView | undefined;
  readonly outcome: TestOutcome;
  /** How long the browser waited; the target's own time is a little less. */
  readonly tookMs: number;
}

type Answer = NonNullable<Problem["response"]>;

export type TestOutcome =
  | { readonly kind: "accepted"; readonly response: Answer }
  | { readonly kind: "refused"; readonly response: Answer; readonly problem: Problem }
  | { readonly kind: "unanswered"; readonly problem: Problem };

export function accepted(response: Answer): TestOutcome {
  return { kind: "accepted", response };
}

/** What an error of the call says of the target. */
export function failedWith(error: unknown): TestOutcome {
  const [problem = { message: "The test failed." }] = problemsOf(error);
  const { response } = problem;
  return response === undefined ? { kind: "unanswered", problem } : { kind: "refused", response, problem };
}

/** The outcome in a few words, for the head of the answer and for the history. */
export function outcomeWords(outcome: TestOutcome): string {
  switch (outcome.kind) {
    case "accepted":
      return `Accepted with ${outcome.response.status}`;
    case "refused":
      return `Refused with ${outcome.response.status}`;
    case "unanswered":
      return "No answer";
  }
}
