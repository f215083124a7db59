import { MASK } from "@posthorn/core";
import { isComplete, startRawTarget } from "../../../test/support/raw-target.ts";
import { LOOPBACK_GUARD, NO_TOKENS, openAccess } from "../../../test/support/target-access.ts";
import { createDeliver } from "./client.ts";
import { previewRequest } from "./preview-request.ts";
import { createTestPost } from "./test-post.ts";

const BASE = {
  batchId: "77c2b630-d712-11e4-9642-efc2723b99c1",
  bodyBytes: 13,
  userAgent: "Posthorn/test",
  nowMs: 7_999,
};

test("a preview has the headers that go out, in their order", async () => {
  let seen = "";
  const target = await startRawTarget((socket, received) => {
    seen = received;
    if (isComplete(received)) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const { deliver, close } = createDeliver({
    userAgent: "Posthorn/test",
    timeoutMs: 2_000,
    tokens: NO_TOKENS,
    guard: LOOPBACK_GUARD,
  });
  const access = {
    ...openAccess(target.url),
    authToken: "t0ken",
    auth: { kind: "basic", username: "ada", password: "pass" } as const,
    customHeaders: { "X-Own": "1", "content-type": "text/plain" },
  };
  await createTestPost(deliver, Date.now)({ access });
  close();
  await target.close();
  const [, ...lines] = seen.split("\r\n\r\n", 1)[0]?.split("\r\n") ?? [];
  const sent = lines.map((line) => line.split(": ")).filter(([name]) => name !== "Connection");
  const shown = previewRequest({ ...BASE, access });
  expect(shown.url).toBe(target.url);
  expect(new Map(shown.headers.map(([name, value]) => [name, value]))).toEqual(
    new Map(sent.map(([name = "", value = ""]) => [name, value])),
  );
});

test("secrets that are masked, tokens and signatures stay so", () => {
  const access = { ...openAccess("https://ada:pass@example.com:8443/in"), signingSecrets: [MASK] };
  const headersOf = (auth: (typeof access)["auth"]) => {
    const { url, headers } = previewRequest({ ...BASE, access: { ...access, auth } });
    expect(url).toBe("https://example.com:8443/in");
    return Object.fromEntries(headers.map(([name, value]) => [name, value]));
  };
  expect(headersOf({ kind: "basic", username: "ada", password: MASK })).toMatchObject({
    Host: "example.com:8443",
    Authorization: `Basic ${MASK}`,
    "webhook-timestamp": "7",
    "webhook-signature": `v1,${MASK}`,
  });
  expect(headersOf({ kind: "oauth2", url: "", body: {}, tokenKey: "" })["Authorization"]).toBe(`Bearer ${MASK}`);
});
