import type { AttemptOutcome } from "@posthorn/core";
import { isComplete, startRawTarget } from "../../../test/support/raw-target.ts";
import { LOOPBACK_GUARD, NO_TOKENS, openAccess } from "../../../test/support/target-access.ts";
import { createDeliver } from "./client.ts";
import { createTestPost, testPostProblem } from "./test-post.ts";

test("a test POST sends an empty event under the well-known batch id, with the token", async () => {
  let seen = "";
  const target = await startRawTarget((socket, received) => {
    seen = received;
    if (isComplete(received)) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const { deliver, close } = createDeliver({
    userAgent: "Posthorn/test",
    timeoutMs: 500,
    tokens: NO_TOKENS,
    guard: LOOPBACK_GUARD,
  });
  const access = { ...openAccess(target.url), authToken: "t0ken" };
  expect(await createTestPost(deliver, Date.now)({ access })).toMatchObject({ status: 200 });
  close();
  await target.close();
  expect(seen).toContain("X-MessageSystems-Batch-ID: 77c2b630-d712-11e4-9642-efc2723b99c1\r\n");
  expect(seen).toContain("X-MessageSystems-Webhook-Token: t0ken\r\n");
  expect(seen).toMatch(/\r\n\r\n\[\{"msys":\{\}\}\]$/);
});

test("a message of somebody's own goes out under the same id, and more of its answer is kept", async () => {
  let seen = "";
  const answer = "y".repeat(60_000);
  const target = await startRawTarget((socket, received) => {
    seen = received;
    if (isComplete(received)) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
  });
  const { deliver, close } = createDeliver({
    userAgent: "Posthorn/test",
    timeoutMs: 500,
    tokens: NO_TOKENS,
    guard: LOOPBACK_GUARD,
  });
  const body = Buffer.from('[{"msys":{"é":1}}]');
  const outcome = await createTestPost(deliver, Date.now)({ access: openAccess(target.url), body });
  expect(outcome).toMatchObject({ status: 200, bodyStart: answer });
  close();
  await target.close();
  expect(seen).toContain("X-MessageSystems-Batch-ID: 77c2b630-d712-11e4-9642-efc2723b99c1\r\n");
  expect(seen.endsWith(body.toString("latin1"))).toBe(true);
});

test("a target that answers with no 2xx is shown with its answer", () => {
  const headers = { "content-type": "text/plain" };
  const outcome = { kind: "answered", status: 404, headers, bodyStart: "no", latencyMs: 1 } as const;
  expect(testPostProblem(outcome)).toEqual({
    message: "POST to webhook target URL failed with non-2xx response code 404",
    description: expect.stringContaining("2xx"),
    code: 400,
    response: { status: 404, headers, body: "no" },
  });
});

test("a token URL that gave no token is shown with its answer, in the original's words", () => {
  const tokenAnswer = { status: 502, headers: { "content-type": "text/plain" }, body: "response body" };
  const outcome = {
    kind: "unreachable",
    reason: "auth",
    errorCode: "OAUTH_TOKEN_502",
    message: "The token URL answered 502",
    latencyMs: 1,
    stalledUpload: false,
  } as const;
  const problem = { message: "POST to webhook tokens URL failed", code: 400 };
  expect(testPostProblem({ ...outcome, tokenAnswer })).toEqual({
    ...problem,
    description: expect.stringMatching(/^The token URL answered 502: check client_id/),
    response: tokenAnswer,
  });
  expect(testPostProblem(outcome)).toEqual({ ...problem, description: expect.stringContaining("check auth_request") });
});

test("a target that cannot be reached is named with the platform's code and what to do", () => {
  const reasons = ["dns", "refused", "proxy", "connect", "tls", "timeout", "reset", "protocol", "other"] as const;
  const descriptions = reasons.map((reason) => {
    const outcome: AttemptOutcome = {
      kind: "unreachable",
      reason,
      errorCode: "ECODE",
      message: "internal",
      latencyMs: 1,
      stalledUpload: false,
    };
    const problem = testPostProblem(outcome);
    expect(problem).toMatchObject({ message: "POST to webhook target URL failed with error code ECODE", code: 400 });
    expect(problem).not.toHaveProperty("response");
    return problem.description;
  });
  expect(new Set(descriptions).size).toBe(reasons.length);
  for (const description of descriptions) expect(description).toMatch(/: \S/);
});
