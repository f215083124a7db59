import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import type { CheckView, RequestView } from "./webhooks/request-view.ts";

let api: TestApi;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
  api = await startApi(await freshDatabase());
});
afterEach(async () => {
  await api.stop();
  await receiver.close();
});

async function check(json: unknown, query = ""): Promise<CheckView> {
  const answer = await api.request("POST", `/api/v1/webhooks/check${query}`, { json });
  expect(answer.status).toBe(200);
  return answer.json.results as CheckView;
}

const named = ({ headers }: RequestView): Record<string, string> =>
  Object.fromEntries(headers.map(([name, value]) => [name, value]));

test("a check lists what creating would, stores nothing and sends nothing", async () => {
  const body = { name: "", target: "ftp://example.com", events: ["opened"], custom_headers: { host: "x" } };
  const { problems, request } = await check(body);
  expect(request).toBeNull();
  const refused = await api.request("POST", "/api/v1/webhooks", { json: body });
  expect(problems).toEqual(refused.json.errors);
  expect(problems.length).toBeGreaterThanOrEqual(3);
  const good = await check({ name: "x", target: receiver.url, events: ["delivery"] });
  expect(good.problems).toEqual([]);
  expect((await api.request("GET", "/api/v1/webhooks")).json.results).toEqual([]);
  expect(receiver.batches).toEqual([]);
});

test("what passes is shown as it would be sent, with the secrets that were just typed", async () => {
  const { request } = await check({
    name: "x",
    target: receiver.url,
    events: ["delivery", "bounce", "open"],
    auth_token: "t0ken",
    custom_headers: { "X-Own": "mine" },
    signing: { enabled: true },
  });
  if (request === null) throw new Error("nothing is shown");
  expect(request).toMatchObject({ method: "POST", url: receiver.url });
  expect(named(request)).toMatchObject({
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(request.body)),
    "X-MessageSystems-Webhook-Token": "t0ken",
    "X-Own": "mine",
    "webhook-signature": "v1,********",
    "User-Agent": expect.stringContaining("Posthorn/") as string,
  });
  const events = JSON.parse(request.body) as { msys: Record<string, { type: string }> }[];
  expect(events.map(({ msys }) => Object.values(msys)[0]?.type)).toEqual(["delivery", "bounce"]);
});

test("a change is checked against the webhook, whose secrets stay hidden", async () => {
  const created = await api.request("POST", "/api/v1/webhooks", {
    json: { name: "x", target: receiver.url, events: ["delivery"], auth_token: "t0ken" },
  });
  const { id } = created.json.results as { id: string };
  const kept = await check({ name: "y", auth_token: "********" }, `?id=${id}`);
  expect(kept.problems).toEqual([]);
  if (kept.request === null) throw new Error("nothing is shown");
  expect(named(kept.request)["X-MessageSystems-Webhook-Token"]).toBe("********");
  const changed = await check({ auth_token: "new" }, `?id=${id}`);
  expect(changed.request === null ? {} : named(changed.request)).toMatchObject({
    "X-MessageSystems-Webhook-Token": "new",
  });
  expect((await check({ target: "nowhere" }, `?id=${id}`)).problems).toEqual([
    expect.objectContaining({ param: "target" }),
  ]);
  const [{ name } = { name: "" }] = (await api.request("GET", "/api/v1/webhooks")).json.results as { name: string }[];
  expect(name).toBe("x");
  const unknown = await api.request("POST", "/api/v1/webhooks/check?id=00000000-0000-4000-8000-000000000000", {
    json: {},
  });
  expect(unknown.status).toBe(404);
});

test("a message can be looked at before it is sent", async () => {
  const created = await api.request("POST", "/api/v1/webhooks", {
    json: { name: "x", target: receiver.url, events: ["delivery"], auth_token: "t0ken" },
  });
  const { id } = created.json.results as { id: string };
  const before = receiver.batches.length;
  const answer = await api.request("POST", `/api/v1/webhooks/${id}/validate?preview=true`, {
    json: { message: [{ msys: { a: 1 } }] },
  });
  const { request } = answer.json.results as { request: RequestView };
  expect(request.body).toBe('[{"msys":{"a":1}}]');
  expect(named(request)["X-MessageSystems-Webhook-Token"]).toBe("********");
  expect(receiver.batches).toHaveLength(before);
  expect((await api.request("POST", `/api/v1/webhooks/${id}/validate?preview=maybe`, { json: {} })).status).toBe(400);
});
