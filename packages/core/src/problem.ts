/** One entry of an error answer's `errors` list, in the two element shapes that the Webhooks API documents. */
export interface Problem {
  /** What is wrong and what to do about it. */
  readonly message: string;
  /** Which field, header, query parameter or position is meant, e.g. `target` or `[17].msys`. */
  readonly param?: string;
  /** The offending value, when it is short and no secret. */
  readonly value?: unknown;
  readonly description?: string;
  readonly code?: string | number;
  /** What the target answered to a test POST. */
  readonly response?: TargetResponse;
}

/** A target's answer as shown to people: header names in lower case, the body cut to its first KiB. */
export interface TargetResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type DomainErrorCode =
  | "INVALID"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "TEST_POST_FAILED"
  | "TOO_LARGE"
  | "TOO_SLOW"
  | "UNSUPPORTED_TYPE"
  | "METHOD_NOT_ALLOWED"
  | "TOO_MANY_CALLS"
  | "IDEMPOTENCY_IN_PROGRESS"
  | "IDEMPOTENCY_MISMATCH"
  | "UNAVAILABLE";

/** A caller's mistake, or a refusal that the caller should hear about. Branch on `code`, never on the message. */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly problems: readonly Problem[];
  /** When set, the answer carries `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: DomainErrorCode,
    problems: readonly Problem[],
    options: { readonly retryAfterSeconds?: number; readonly cause?: unknown } = {},
  ) {
    super(problems.map((problem) => problem.message).join("; "), { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.problems = problems;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
