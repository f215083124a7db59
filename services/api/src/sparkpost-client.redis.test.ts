import SparkPost from "sparkpost";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

/** What of the published client is used here; it has no types of its own. */
interface Client {
  readonly webhooks: {
    list(options?: object): Promise<{ results: Record<string, unknown>[] }>;
    get(id: string, options?: object): Promise<{ results: Record<string, unknown> }>;
    create(webhook: object): Promise<{ results: { id: string; links: object[] } }>;
    update(id: string, webhook: object): Promise<{ results: { id: string } }>;
    delete(id: string): Promise<string>;
    validate(id: string, options: object): Promise<{ results: { msg: string; response: { status: number } } }>;
    getBatchStatus(id: string, options?: object): Promise<{ results: object[] }>;
    getDocumentation(): Promise<{ results: Record<string, object> }>;
    getSamples(options?: object): Promise<{ results: { msys: Record<string, { type: string }> }[] }>;
  };
}
type ClientConstructor = new (key: string, options: { origin: string; headers?: object }) => Client;

let api: TestApi;
let receiver: Receiver;
let client: Client;
beforeAll(async () => {
  receiver = await startReceiver();
  api = await startApi(await freshDatabase());
  client = new (SparkPost as unknown as ClientConstructor)(api.apiKey, { origin: api.url });
});
afterAll(async () => {
  await api.stop();
  await receiver.close();
});

test("the published client creates, lists, gets, updates, validates, reads status and deletes (facts §4.1)", async () => {
  const { results: created } = await client.webhooks.create({
    name: "From the client",
    target: receiver.url,
    auth_token: "s3cret",
    events: ["delivery", "injection", "open", "click"],
  });
  expect(created.links).toHaveLength(1);

  const { results: list } = await client.webhooks.list({ timezone: "America/New_York" });
  expect(list).toEqual([expect.objectContaining({ id: created.id, name: "From the client", target: receiver.url })]);

  const { results: detail } = await client.webhooks.get(created.id, { timezone: "UTC" });
  expect(detail).toMatchObject({ id: created.id, events: ["delivery", "injection", "open", "click"] });

  // As the client's own example does it: what was read, changed and put back.
  const { results: updated } = await client.webhooks.update(created.id, { ...detail, name: "Renamed" });
  expect(updated.id).toBe(created.id);
  expect((await client.webhooks.get(created.id)).results).toMatchObject({ name: "Renamed" });

  const { results: validated } = await client.webhooks.validate(created.id, { message: { msys: {} } });
  expect(validated).toMatchObject({ msg: "Test POST to endpoint succeeded", response: { status: 200 } });

  expect((await client.webhooks.getBatchStatus(created.id, { limit: 1000 })).results).toEqual([]);
  expect(await client.webhooks.delete(created.id)).toBe("");
  expect((await client.webhooks.list()).results).toEqual([]);
});

test("the published client reads documentation and samples, the comma percent-encoded (facts §4.1)", async () => {
  const { results: classes } = await client.webhooks.getDocumentation();
  expect(classes).toHaveProperty("message_event");
  const { results: samples } = await client.webhooks.getSamples({ events: "bounce,delivery" });
  expect(samples.map(({ msys }) => Object.values(msys)[0]?.type)).toEqual(["bounce", "delivery"]);
});

test("the published client gets errors with what the API says (facts §4.1)", async () => {
  receiver.answerTestsWith({ status: 404 });
  const failure = client.webhooks.create({ name: "x", target: receiver.url, events: ["open"] });
  await expect(failure).rejects.toMatchObject({
    name: "SparkPostError",
    statusCode: 400,
    errors: [expect.objectContaining({ message: "POST to webhook target URL failed with non-2xx response code 404" })],
  });
  await expect(client.webhooks.get("11111111-1111-4111-8111-111111111111")).rejects.toMatchObject({ statusCode: 404 });
  const stranger = new (SparkPost as unknown as ClientConstructor)("wrong", { origin: api.url });
  await expect(stranger.webhooks.list()).rejects.toMatchObject({ statusCode: 401 });
});

test("the published client is scoped by its header (facts §4.1)", async () => {
  receiver.answerTestsWith({ status: 200 });
  const scoped = new (SparkPost as unknown as ClientConstructor)(api.apiKey, {
    origin: api.url,
    headers: { "X-MSYS-SUBACCOUNT": 123 },
  });
  const { results } = await scoped.webhooks.create({ name: "scoped", target: receiver.url, events: ["open"] });
  expect((await scoped.webhooks.list()).results.map(({ id }) => id)).toEqual([results.id]);
});
