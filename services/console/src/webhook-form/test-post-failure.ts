import type { Problem } from "@posthorn/api/views";

/** Why the test POST that guards a create or update failed. */
export interface TestPostFailure {
  /** What did not answer as it should: the target, or where its OAuth2 tokens come from. */
  readonly at: "target" | "token URL";
  readonly message: string;
  readonly description: string | undefined;
  /** What was answered, if anything was. */
  readonly response: Problem["response"];
  /** What to try next; `undefined` = the description says it already. */
  readonly advice: string | undefined;
}

/** The failed test POST among the problems of an answer; `undefined` = something else is wrong. */
export function testPostFailure(problems: readonly Problem[]): TestPostFailure | undefined {
  const problem = problems.find(({ message }) => message.startsWith("POST to webhook "));
  if (problem === undefined) return undefined;
  const { message, description, response } = problem;
  // The original's words for each; clients tell them apart by these, too.
  const at = message.startsWith("POST to webhook tokens URL") ? "token URL" : "target";
  const advice = response === undefined || at === "token URL" ? undefined : adviceFor(response.status);
  return { at, message, description, response, advice };
}

/** What usually helps against an answer of this status. */
export function adviceFor(status: number): string {
  if (status >= 200 && status <= 299) return "The target answered well.";
  if (status >= 300 && status <= 399)
    return "Posthorn follows no redirects: enter the address that the answer names in location.";
  switch (status) {
    case 400:
    case 422:
      return 'The target does not take the body. Teach it to answer an empty list of events, [{"msys":{}}], with 200.';
    case 401:
    case 403:
      return "The target refuses who asks. Check the token, the authorization and the custom headers.";
    case 404:
      return "The server has nothing at this path. Check the path of the target URL.";
    case 405:
      return "The server takes no POST at this path. Check the path of the target URL.";
    case 410:
      return "The target says that it is gone for good. Check the target URL.";
    case 413:
      return "The target finds the body too large, though it is tiny. Look at its limit for request bodies.";
    case 415:
      return "The target does not take application/json. Check that it is an endpoint for webhooks.";
    case 429:
      return "The target is asked too often. Wait a little, then try again.";
    default:
      return status >= 500
        ? "The target itself failed. Look into its log; it has to answer 2xx before it gets events."
        : "The target has to answer with a 2xx status. Its log may tell why it did not.";
  }
}
