import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

let stack: Stack | undefined;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack?.stop();
  await receiver.close();
});

test("no webhook is created to where nobody is let in", async () => {
  stack = await startStack({ redisUrl: await freshDatabase(), env: { TARGET_ALLOW: "" } });
  for (const host of ["10.0.0.1", "169.254.169.254", "[::1]", `127.0.0.1:${receiver.port}`]) {
    const definition = { name: "test", target: `http://${host}/`, events: ["delivery"] };
    const { status, body } = await stack.call("POST", "/api/v1/webhooks", definition);
    expect([host, status]).toEqual([host, 400]);
    expect(body["errors"]).toEqual([
      expect.objectContaining({
        message: "POST to webhook target URL failed with error code ETARGETREFUSED",
        description: expect.stringContaining("TARGET_ALLOW"),
      }),
    ]);
  }
  expect(receiver.tests).toEqual([]);
}, 60_000);

test("G10 Nothing is sent to where nobody is let in, whenever the webhook was made", async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_WAIT: "200ms" },
    workerEnv: { TARGET_ALLOW: "10.0.0.0/8" },
  });
  const id = await stack.createWebhook(receiver.url);
  await stack.send([event(1)]);
  const [worker] = stack.workers;
  const attempt = await waitFor("the attempt", () =>
    worker?.logs.find(({ event: name }) => name === "delivery.attempted"),
  );
  expect(attempt).toMatchObject({
    webhook: id,
    outcome: "refused",
    errorCode: "ETARGETREFUSED",
    error: "127.0.0.1 is a loopback address (RFC 1122); TARGET_ALLOW opens it on purpose",
    verdict: "retry",
  });
  expect(receiver.batches).toEqual([]);
}, 60_000);
