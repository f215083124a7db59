import { Webhook as StandardWebhook } from "standardwebhooks";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { startTokenServer } from "../support/token-server.ts";
import type { TokenServer } from "../support/token-server.ts";
import { waitFor } from "../support/wait-for.ts";

let stack: Stack;
let receiver: Receiver;
let tokens: TokenServer;
beforeAll(async () => {
  stack = await startStack({
    redisUrl: await freshDatabase(),
    env: { BATCH_MAX_WAIT: "300ms", RETRY_SCHEDULE: "500ms" },
  });
});
afterAll(async () => stack.stop());
beforeEach(async () => {
  receiver = await startReceiver();
  tokens = await startTokenServer();
});
afterEach(async () => {
  const { body } = await stack.call("GET", "/api/v1/webhooks");
  for (const { id } of body["results"] as { id: string }[]) await stack.call("DELETE", `/api/v1/webhooks/${id}`);
  await receiver.close();
  await tokens.close();
});

const numbersIn = (events: readonly unknown[]): string[] =>
  events.map((sent) => (sent as { msys: { message_event: { n: string } } }).msys.message_event.n);

test("a batch carries what the webhook is set to, and its signature is one that receivers can verify", async () => {
  const { body } = await stack.call("POST", "/api/v1/webhooks", {
    name: "signed",
    target: receiver.url,
    events: ["delivery"],
    custom_headers: { "X-Api-Key": "abcd" },
    auth_type: "basic",
    auth_credentials: { username: "ada", password: "s3cret" },
    signing: { enabled: true },
  });
  const { id, signing } = body["results"] as { id: string; signing: { secret: string } };
  await stack.send([event(1)]);
  const [batch] = await waitFor("the batch", () => receiver.batches.length === 1 && receiver.batches);
  const { headers } = batch as { headers: Record<string, string> };
  expect(headers).toMatchObject({
    "x-api-key": "abcd",
    authorization: `Basic ${Buffer.from("ada:s3cret").toString("base64")}`,
    "webhook-id": batch?.batchId,
  });
  expect(new StandardWebhook(signing.secret).verify(batch?.body.toString() ?? "", headers)).toEqual([event(1)]);

  const rotated = await stack.call("POST", `/api/v1/webhooks/${id}/rotate-secret`, {});
  const { secret } = (rotated.body["results"] as { signing: { secret: string } }).signing;
  await stack.send([event(2)]);
  const second = await waitFor("the second batch", () => receiver.batches[1]);
  for (const either of [signing.secret, secret]) {
    const verified = new StandardWebhook(either).verify(
      second.body.toString(),
      second.headers as Record<string, string>,
    );
    expect(verified).toEqual([event(2)]);
  }
}, 60_000);

test("a token that the target refuses is replaced within the same attempt", async () => {
  await stack.createWebhook(receiver.url, {
    auth_type: "oauth2",
    auth_request_details: { url: tokens.url, body: { client_id: "ada", client_secret: "s3cret" } },
  });
  const [first] = tokens.issued;
  receiver.answerWith((batch) => ({ status: batch.headers.authorization === `Bearer ${first}` ? 401 : 200 }));
  await stack.send([event(1)]);
  await waitFor("two POSTs", () => receiver.batches.length === 2);
  expect(receiver.batches.map(({ batchId }) => batchId)[1]).toBe(receiver.batches[0]?.batchId);
  expect(tokens.issued).toHaveLength(2);
  const list = await waitFor("the success", async () => {
    const { body } = await stack.call("GET", "/api/v1/webhooks");
    const [row] = body["results"] as Record<string, unknown>[];
    return row?.["last_successful"] !== undefined && row;
  });
  expect(list).not.toHaveProperty("last_failure");
}, 60_000);

test("events reach the webhooks of their subaccount", async () => {
  const created: Record<string, string> = {};
  const others = await Promise.all(["7", "0"].map(async (scope) => [scope, await startReceiver()] as const));
  for (const [scope, target] of others) {
    const { status, body } = await stack.call(
      "POST",
      "/api/v1/webhooks",
      { name: scope, target: target.url, events: ["delivery"] },
      { "x-msys-subaccount": scope },
    );
    expect(status).toBe(200);
    created[scope] = (body["results"] as { id: string }).id;
  }
  await stack.createWebhook(receiver.url, { exception_subaccounts: [8] });
  const of = (n: number, subaccount: number | undefined) => ({
    msys: {
      message_event: {
        type: "delivery",
        n: String(n),
        ...(subaccount === undefined ? {} : { subaccount_id: subaccount }),
      },
    },
  });
  await stack.send([of(1, undefined), of(2, 7), of(3, 8)]);
  const [seventh, primary] = others.map(([, target]) => target);
  await waitFor("three batches", () => [receiver, seventh, primary].every((one) => one?.batches.length === 1));
  expect(numbersIn(receiver.batches[0]?.events ?? [])).toEqual(["1", "2"]);
  expect(numbersIn(seventh?.batches[0]?.events ?? [])).toEqual(["2"]);
  expect(numbersIn(primary?.batches[0]?.events ?? [])).toEqual(["1"]);
  for (const [, target] of others) await target.close();
}, 60_000);

test("what waits for a webhook that is deleted with drain=true still goes out, and then it is gone (facts §1.6)", async () => {
  receiver.answerWith([{ status: 503 }]);
  const id = await stack.createWebhook(receiver.url);
  await stack.send([event(1)]);
  await waitFor("the first attempt", () => receiver.batches.length === 1);
  await stack.send([event(2)]);
  expect((await stack.call("DELETE", `/api/v1/webhooks/${id}?drain=true`)).status).toBe(204);
  expect((await stack.call("GET", `/api/v1/webhooks/${id}`)).status).toBe(404);
  await stack.send([event(3)]);
  await waitFor("both batches", () => receiver.batches.length === 3, 20_000);
  expect(receiver.batches.flatMap(({ events }) => numbersIn(events)).toSorted()).toEqual(["1", "1", "2"]);
  await waitFor(
    "the end of it",
    () => stack.workers[0]?.logs.some((line) => line["event"] === "definitions.left"),
    40_000,
  );
}, 90_000);

test("each answer has a request id, under which the log tells of it, and nothing secret is logged", async () => {
  const { headers } = await stack.call("POST", "/api/v1/webhooks", {
    name: "x",
    target: receiver.url,
    events: ["open"],
    auth_token: "let-me-in-7",
  });
  const requestId = headers.get("x-request-id");
  const line = await waitFor("the line", () => stack.api.logs.find((one) => one["requestId"] === requestId));
  expect(line).toMatchObject({ event: "request.answered", method: "POST", path: "/api/v1/webhooks", status: 200 });
  expect(JSON.stringify([stack.api.logs, stack.workers[0]?.logs])).not.toMatch(/let-me-in-7|s3cret|whsec_/);
});
