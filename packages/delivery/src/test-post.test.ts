import type { AttemptOutcome } from "@posthorn/core";
import { isComplete, startRawTarget } from "../../../test/support/raw-target.ts";
import { NO_TOKENS, openAccess } from "../../../test/support/target-access.ts";
import { createDeliver } from "./client.ts";
import { createTestPost, testPostProblem } from "./test-post.ts";

test("a test POST sends an empty event under the well-known batch id, with the token", async () => {
  let seen = "";
  const target = await startRawTarget((socket, received) => {
    seen = received;
    if (isComplete(received)) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const { deliver, close } = createDeliver({ userAgent: "Posthorn/test", timeoutMs: 500, tokens: NO_TOKENS });
  const access = { ...openAccess(target.url), authToken: "t0ken" };
  expect(await createTestPost(deliver)({ access })).toMatchObject({ status: 200 });
  close();
  await target.close();
  expect(seen).toContain("X-MessageSystems-Batch-ID: 77c2b630-d712-11e4-9642-efc2723b99c1\r\n");
  expect(seen).toContain("X-MessageSystems-Webhook-Token: t0ken\r\n");
  expect(seen).toMatch(/\r\n\r\n\[\{"msys":\{\}\}\]$/);
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

test("a target that cannot be reached is named with the platform's code and what to do", () => {
  const reasons = ["dns", "connect", "tls", "timeout", "reset", "protocol", "other"] as const;
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
