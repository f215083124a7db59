import { openStore } from "@posthorn/store";
import type { Store } from "@posthorn/store";
import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { LIMITS } from "../../../test/support/partition.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";

let api: TestApi;
let receiver: Receiver;
let store: Store;
beforeEach(async () => {
  const url = await freshDatabase();
  receiver = await startReceiver();
  api = await startApi(url);
  store = await openStore({ address: url, name: "test", limits: LIMITS, onError: () => undefined });
});
afterEach(async () => {
  await api.stop();
  await store.close();
  await receiver.close();
});

const definition = () => ({ name: "Example", target: receiver.url, events: ["delivery"] });
const create = async (): Promise<string> =>
  ((await api.request("POST", "/api/v1/webhooks", { json: definition() })).json.results as { id: string }).id;

test.each([
  ["a create", () => api.request("POST", "/api/v1/webhooks", { json: definition() }), 200],
  ["an update", (id: string) => api.request("PUT", `/api/v1/webhooks/${id}`, { json: { name: "New" } }), 200],
  ["a delete", (id: string) => api.request("DELETE", `/api/v1/webhooks/${id}`), 204],
])("%s is answered only when every other living process has confirmed it", async (_, act, status) => {
  const id = await create();
  const before = await store.definitions.version();
  await store.definitions.confirm("another process", before);
  let answer: ApiAnswer | undefined;
  const acting = act(id).then((got) => (answer = got));
  const version = await waitFor("the write", async () => {
    const now = await store.definitions.version();
    return now > before && now;
  });
  for (let n = 0; n < 20; n++) await api.request("GET", "/api/v1/webhooks");
  expect(answer).toBeUndefined();
  await store.definitions.confirm("another process", version);
  expect((await acting).status).toBe(status);
});

test("putting back what is stored changes nothing and waits for nobody", async () => {
  const id = await create();
  const { json } = await api.request("GET", `/api/v1/webhooks/${id}`);
  const before = await store.definitions.version();
  expect((await api.request("PUT", `/api/v1/webhooks/${id}`, { json: json.results })).status).toBe(200);
  expect(await store.definitions.version()).toBe(before);
});

test("updates that come at the same time are all merged", async () => {
  const id = await create();
  const changes = [{ name: "New" }, { events: ["open", "click"] }, { active: false }, { auth_token: "s3cret" }];
  const answers = await Promise.all(changes.map((json) => api.request("PUT", `/api/v1/webhooks/${id}`, { json })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await api.request("GET", `/api/v1/webhooks/${id}`)).json.results).toMatchObject({
    name: "New",
    events: ["open", "click"],
    active: false,
    auth_token: "********",
  });
});

test("a token is encrypted in Redis, and sent in clear with the test POST of a new target", async () => {
  const made = await api.request("POST", "/api/v1/webhooks", { json: { ...definition(), auth_token: "s3cret" } });
  const { id } = made.json.results as { id: string };
  const [stored] = await store.definitions.list();
  expect(JSON.stringify(stored)).not.toContain("s3cret");
  expect(stored?.authToken).toMatch(/^v1\./);
  await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { target: `${receiver.url}&moved=1` } });
  expect(receiver.tests.map(({ token }) => token)).toEqual(["s3cret", "s3cret"]);
  await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { auth_token: "" } });
  expect((await store.definitions.list())[0]?.authToken).toBeNull();
});
