import type { Problem } from "@posthorn/api/views";
import type { CallKind } from "./patience.ts";

/** A call that did not succeed, with what the API says of it; status 0 = there was no answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly problems: readonly Problem[];
  /** An answer was waited for, and it did not come in time. */
  readonly isLate: boolean;

  constructor(
    status: number,
    problems: readonly Problem[],
    { isLate = false, ...options }: { readonly cause?: unknown; readonly isLate?: boolean } = {},
  ) {
    super(problems.map(({ message }) => message).join("; "), options);
    this.name = "ApiError";
    this.status = status;
    this.problems = problems;
    this.isLate = isLate;
  }
}

interface MissingAnswer {
  readonly kind: CallKind;
  readonly isLate: boolean;
}

/** Only what is shown is asked for anew by itself: nobody wants a change to be made at some later time. */
function noAnswerProblem({ kind, isLate }: MissingAnswer): Problem {
  if (kind === "read") {
    return {
      message: "Posthorn does not answer.",
      description: "Check that its API runs and that this computer reaches it; this page tries again by itself.",
    };
  }
  if (isLate) {
    return {
      message: "Posthorn did not answer in time.",
      description: "It may have done this all the same: look whether it did before you try again.",
    };
  }
  return {
    message: "Posthorn does not answer, so most likely nothing was done.",
    description:
      "Check that its API runs and that this computer reaches it, and try again when it answers. If it broke off in the middle, it may have done this all the same: look first.",
  };
}

/** Any error as what can be shown: never an empty list. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ApiError && error.problems.length > 0) return error.problems;
  return [
    {
      message: "Something in this page failed.",
      description: `Load the page again; if that does not help, report this: ${String(error)}`,
    },
  ];
}

/** The network's failure to bring an answer. */
export function noAnswer(cause: unknown, missing: MissingAnswer): ApiError {
  return new ApiError(0, [noAnswerProblem(missing)], { cause, isLate: missing.isLate });
}

/** What an answer that is no success says; a proxy in between may have answered something of its own. */
export function errorOfAnswer(status: number, body: unknown): ApiError {
  const problems = problemsIn(body);
  if (problems.length > 0) return new ApiError(status, problems);
  const description =
    status >= 500
      ? "The API, or a proxy in front of it, has a failure: its log tells more."
      : "The answer has no explanation: a proxy may stand between this page and the API.";
  return new ApiError(status, [{ message: `The answer was ${status}.`, description }]);
}

function problemsIn(body: unknown): readonly Problem[] {
  if (typeof body !== "object" || body === null || !("errors" in body) || !Array.isArray(body.errors)) return [];
  return body.errors.filter(isProblem);
}

function isProblem(entry: unknown): entry is Problem {
  return typeof entry === "object" && entry !== null && "message" in entry && typeof entry.message === "string";
}
