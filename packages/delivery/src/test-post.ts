import type { AttemptOutcome, Problem, TargetAccess, UnreachableReason } from "@posthorn/core";
import { ANSWER_BYTES_MAX } from "./answer.ts";
import type { Deliver } from "./client.ts";
import { tokenProblem } from "./oauth/token-result.ts";

/** The batch id of every test POST, as the original sends it. */
export const TEST_BATCH_ID = "77c2b630-d712-11e4-9642-efc2723b99c1";
const TEST_BODY = Buffer.from('[{"msys":{}}]');

/**
 * Sends the test POST that guards the creation of a webhook and each change of its target, or a message of somebody's
 * own, of whose answer more is kept.
 */
export type TestPost = (request: { readonly access: TargetAccess; readonly body?: Buffer }) => Promise<AttemptOutcome>;

export function createTestPost(deliver: Deliver, nowMs: () => number): TestPost {
  return ({ access, body = TEST_BODY }) =>
    deliver({
      ...access,
      batchId: TEST_BATCH_ID,
      bodyBytes: body.length,
      body: () => once(body),
      startedAtMs: nowMs(),
      ...(body === TEST_BODY ? {} : { keepBytes: ANSWER_BYTES_MAX }),
    });
}

async function* once(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}

const ADVICE: Readonly<Record<Exclude<UnreachableReason, "auth">, string>> = {
  dns: "The name of the target could not be resolved: check its spelling and your DNS.",
  refused: "Posthorn lets nobody in there",
  proxy: "Posthorn's way out is closed, which only its operator can mend",
  connect: "Nothing accepts connections there: check host, port and firewall of the target.",
  tls: "The TLS connection failed: the target must show a certificate, with its whole chain, that this machine trusts.",
  timeout: "The target did not answer in time: let it answer first and do its work afterwards.",
  reset: "The target closed the connection before it answered: look into its log.",
  protocol: "The target's answer is no valid HTTP: check that the port speaks the protocol of the URL.",
  other: "The target could not be reached: check its URL and token, and whether this machine reaches it, e.g. by curl.",
};

/** True when the reason lies with Posthorn's configuration, of which the message then says more. */
function isOurs(reason: UnreachableReason): boolean {
  return reason === "refused" || reason === "proxy";
}

/**
 * What the API answers when a test POST failed, in the original's wording: status, headers and
 * body of the target, or the platform's error code.
 */
export function testPostProblem(outcome: AttemptOutcome): Problem {
  switch (outcome.kind) {
    case "answered":
      return {
        message: `POST to webhook target URL failed with non-2xx response code ${outcome.status}`,
        description: "The target must answer the test POST with a 2xx status; redirects are not followed.",
        code: 400,
        response: { status: outcome.status, headers: outcome.headers, body: outcome.bodyStart },
      };
    case "unreachable":
      if (outcome.reason === "auth") return tokenProblem(outcome.message, outcome.tokenAnswer);
      return {
        message: `POST to webhook target URL failed with error code ${outcome.errorCode}`,
        description: isOurs(outcome.reason) ? `${ADVICE[outcome.reason]}: ${outcome.message}.` : ADVICE[outcome.reason],
        code: 400,
      };
    case "broken":
      return {
        message: "POST to webhook target URL could not be made",
        description: `${outcome.message}; try again`,
        code: 400,
      };
  }
}
