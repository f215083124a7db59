import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

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

type Scope = string | undefined;
const headersOf = (scope: Scope): Record<string, string> => (scope === undefined ? {} : { "x-msys-subaccount": scope });
const call = (method: string, path: string, scope: Scope, json?: unknown): Promise<ApiAnswer> =>
  api.request(method, path, { headers: headersOf(scope), ...(json === undefined ? {} : { json }) });

async function create(name: string, scope: Scope, changes: Record<string, unknown> = {}): Promise<string> {
  const definition = { name, target: receiver.url, events: ["open"], ...changes };
  const { status, json, text } = await call("POST", "/api/v1/webhooks", scope, definition);
  if (status !== 200) throw new Error(text);
  return (json.results as { id: string }).id;
}

const namesSeenBy = async (scope: Scope): Promise<string[]> => {
  const { json } = await call("GET", "/api/v1/webhooks", scope);
  return (json.results as { name: string }[]).map(({ name }) => name).toSorted();
};

test("X-MSYS-SUBACCOUNT scopes what a call sees and what a webhook gets (facts §1.3)", async () => {
  const all = await create("everybody", undefined);
  const primary = await create("primary", "0");
  const seventh = await create("seventh", "7");
  expect(await namesSeenBy(undefined)).toEqual(["everybody", "primary", "seventh"]);
  expect(await namesSeenBy("0")).toEqual(["primary"]);
  expect(await namesSeenBy("7")).toEqual(["seventh"]);
  expect(await namesSeenBy("8")).toEqual([]);

  const detail = async (id: string) => (await call("GET", `/api/v1/webhooks/${id}`, undefined)).json.results;
  expect(await detail(all)).not.toHaveProperty("subaccount_id");
  expect(await detail(primary)).toMatchObject({ subaccount_id: 0 });
  expect(await detail(seventh)).toMatchObject({ subaccount_id: 7 });
});

test("a webhook of others is unknown to every call that is made for a subaccount", async () => {
  const other = await create("eighth", "8");
  for (const [method, path] of [
    ["GET", ""],
    ["PUT", ""],
    ["DELETE", ""],
    ["POST", "/validate"],
    ["GET", "/batch-status"],
    ["POST", "/rotate-secret"],
  ] as const) {
    const json = method === "GET" || method === "DELETE" ? undefined : {};
    expect((await call(method, `/api/v1/webhooks/${other}${path}`, "7", json)).status).toBe(404);
  }
  expect(await namesSeenBy("8")).toEqual(["eighth"]);
});

test("subaccount_id in an update moves a webhook, and only for calls that see all (facts §1.2)", async () => {
  const id = await create("moving", undefined, { exception_subaccounts: [3] });
  expect((await call("PUT", `/api/v1/webhooks/${id}`, undefined, { subaccount_id: 7 })).status).toBe(200);
  expect(await namesSeenBy("7")).toEqual(["moving"]);
  const refused = await call("PUT", `/api/v1/webhooks/${id}`, "7", { subaccount_id: 8 });
  expect([refused.status, refused.json.errors?.[0]?.["param"]]).toEqual([400, "subaccount_id"]);
  expect((await call("PUT", `/api/v1/webhooks/${id}`, "7", { name: "own", subaccount_id: 7 })).status).toBe(200);
  expect((await call("PUT", `/api/v1/webhooks/${id}`, undefined, { subaccount_id: -1 })).status).toBe(200);
  expect((await call("GET", `/api/v1/webhooks/${id}`, undefined)).json.results).not.toHaveProperty("subaccount_id");
});

test.each(["x", "-1", "1.5", "99999999999"])("the header %p is refused by name", async (scope) => {
  const { status, json } = await call("GET", "/api/v1/webhooks", scope);
  expect([status, json.errors?.[0]?.["param"]]).toEqual([400, "X-MSYS-SUBACCOUNT"]);
});

describe("a key that is bound to a subaccount", () => {
  let bound: string;
  beforeEach(async () => {
    const { json } = await api.request("POST", "/api/v1/api-keys", {
      json: { label: "seven", grants: ["webhooks/modify", "events/ingest"], subaccount_id: 7 },
    });
    bound = (json.results as { key: string }).key;
  });

  const asBound = (method: string, path: string, json?: unknown, scope?: string): Promise<ApiAnswer> =>
    api.request(method, path, {
      headers: { authorization: bound, ...headersOf(scope) },
      ...(json === undefined ? {} : { json }),
    });

  test("sees and makes what is that subaccount's, and no header widens it", async () => {
    await create("eighth", "8");
    const definition = { name: "seventh", target: receiver.url, events: ["open"] };
    expect((await asBound("POST", "/api/v1/webhooks", definition)).status).toBe(200);
    const list = await asBound("GET", "/api/v1/webhooks", undefined, "7");
    expect(list.json.results).toEqual([expect.objectContaining({ name: "seventh", subaccount_id: 7 })]);
    for (const scope of ["0", "8"]) {
      const { status, json } = await asBound("GET", "/api/v1/webhooks", undefined, scope);
      expect([status, json.errors?.[0]?.["param"]]).toEqual([403, "X-MSYS-SUBACCOUNT"]);
    }
  });

  test("sends events of that subaccount only", async () => {
    const event = (fields: Record<string, unknown>) => ({ msys: { track_event: { type: "open", ...fields } } });
    const own = [event({}), event({ subaccount_id: 7 }), event({ subaccount_id: "7" })];
    expect((await asBound("POST", "/api/v1/events", own)).status).toBe(200);
    const foreign = [event({}), event({ subaccount_id: 8 }), event({ subaccount_id: 0 })];
    const { status, json } = await asBound("POST", "/api/v1/events", foreign);
    expect(status).toBe(403);
    expect(json.errors?.map((error) => error["param"])).toEqual([
      "[1].msys.*.subaccount_id",
      "[2].msys.*.subaccount_id",
    ]);
  });
});
