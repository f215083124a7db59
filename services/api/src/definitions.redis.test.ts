import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { definitionId, MASK } from "@posthorn/core";
import type { DefinitionsReport } from "@posthorn/core";

let api: TestApi;
let receiver: Receiver;
let database: string;
beforeEach(async () => {
  receiver = await startReceiver();
  database = await freshDatabase();
  api = await startApi(database);
});
afterEach(async () => {
  await api.stop();
  await receiver.close();
});

const NOTHING_LISTENS = "http://127.0.0.1:9/";

const put = (file: unknown, query = "", at: TestApi = api): Promise<ApiAnswer> =>
  at.request("PUT", `/api/v1/definitions${query}`, { json: file });
async function apply(file: unknown, query = "", at: TestApi = api): Promise<DefinitionsReport> {
  const { status, json, text } = await put(file, query, at);
  if (status !== 200) throw new Error(text);
  return json.results as DefinitionsReport;
}
const exported = async (query = "", at: TestApi = api): Promise<unknown> =>
  (await at.request("GET", `/api/v1/definitions${query}`)).json.results;
const webhooks = async (): Promise<Record<string, unknown>[]> =>
  (await api.request("GET", "/api/v1/webhooks")).json.results as Record<string, unknown>[];

/** As an on-premises Momentum has it (facts §7.2). */
const momentum = () => [
  { name: "CRM", target: receiver.url, events: ["delivery", "bounce"], auth_token: "s3cret" },
  { target: `${receiver.url}/log`, events: ["injection"], custom_headers: { "X-Key": "k-secret" } },
];

test("a webhooks.json of an on-premises Momentum is taken as it is, and a second time changes nothing (facts §7.2)", async () => {
  const [crm, log] = momentum();
  expect(await apply(momentum())).toEqual({
    dry_run: false,
    created: [
      { id: definitionId("CRM"), name: "CRM" },
      { id: definitionId(log?.target ?? ""), name: log?.target },
    ],
    updated: [],
    removed: [],
    unchanged: 0,
    warnings: [],
    failed: [],
  });
  expect(await webhooks()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: "CRM", target: crm?.target, events: ["delivery", "bounce"], auth_token: MASK }),
      expect.objectContaining({ name: log?.target, custom_headers: { "X-Key": MASK } }),
    ]),
  );
  expect(receiver.tests).toHaveLength(2);
  expect(receiver.tests.map(({ token }) => token)).toEqual(expect.arrayContaining(["s3cret", undefined]));

  expect(await apply(momentum())).toMatchObject({ created: [], updated: [], unchanged: 2 });
  expect(receiver.tests).toHaveLength(2);
});

test("a webhook that was made by the API is known by its name, keeps its id and what the file does not say", async () => {
  const body = { name: "CRM", target: `${receiver.url}/old`, events: ["open"], paused: true };
  const { json } = await api.request("POST", "/api/v1/webhooks", { json: body });
  const { id } = json.results as { id: string };
  expect(await apply(momentum().slice(0, 1))).toMatchObject({
    created: [],
    updated: [
      {
        id,
        name: "CRM",
        changes: [
          { field: "target", from: `${receiver.url}/old`, to: receiver.url },
          { field: "events", from: ["open"], to: ["delivery", "bounce"] },
          { field: "auth_token", from: null, to: MASK },
        ],
      },
    ],
  });
  expect(await webhooks()).toEqual([expect.objectContaining({ id, target: receiver.url, paused: true })]);
});

test("a dry run tells what would change, and changes nothing", async () => {
  await apply(momentum().slice(0, 1));
  const [crm, log] = momentum();
  const report = await apply([{ ...crm, active: false, signing: { enabled: true } }, log], "?dry_run=true");
  expect(report).toEqual({
    dry_run: true,
    created: [{ id: expect.any(String), name: log?.target }],
    updated: [
      {
        id: definitionId("CRM"),
        name: "CRM",
        changes: [
          { field: "active", from: true, to: false },
          { field: "signing", from: { enabled: false }, to: { enabled: true, secret: MASK } },
        ],
      },
    ],
    removed: [],
    unchanged: 0,
    warnings: [],
    failed: [],
  });
  expect(await webhooks()).toEqual([expect.objectContaining({ name: "CRM", active: true })]);
  expect(receiver.tests).toHaveLength(1);
});

test("an import removes nothing", async () => {
  await apply(momentum());
  expect(await apply([])).toMatchObject({ removed: [], unchanged: 0 });
  expect(await webhooks()).toHaveLength(2);
});

describe("a target that does not answer the test POST as it should", () => {
  const file = () => [
    { name: "away", target: NOTHING_LISTENS, events: ["open"] },
    { name: "here", target: receiver.url, events: ["open"] },
  ];

  test("is a warning, and its webhook is stored all the same", async () => {
    expect(await apply(file())).toMatchObject({
      created: [{ name: "away" }, { name: "here" }],
      warnings: [
        {
          id: definitionId("away"),
          name: "away",
          message: "POST to webhook target URL failed with error code ECONNREFUSED",
          code: 400,
        },
      ],
      failed: [],
    });
    expect(await webhooks()).toHaveLength(2);
  });

  test("keeps its webhook, and no other, from being stored when the caller insists", async () => {
    expect(await apply(file(), "?insist=true")).toMatchObject({
      created: [{ name: "here" }],
      warnings: [],
      failed: [{ name: "away", errors: [{ code: 400, message: expect.stringContaining("ECONNREFUSED") }] }],
    });
    expect(await webhooks()).toEqual([expect.objectContaining({ name: "here" })]);

    await apply(file());
    const moved = file().map((entry) => ({ ...entry, target: `${entry.target}moved` }));
    expect(await apply(moved, "?insist=true")).toMatchObject({
      updated: [{ name: "here" }],
      failed: [{ name: "away" }],
    });
    const targets = (await webhooks()).map(({ name, target }) => [name, target]);
    expect(Object.fromEntries(targets)).toEqual({ away: NOTHING_LISTENS, here: `${receiver.url}moved` });
  });
});

test("a signing secret that is made is shown this once", async () => {
  const file = [{ ...momentum()[0], signing: { enabled: true } }];
  const { created } = await apply(file);
  expect(created[0]?.signing?.secret).toMatch(/^whsec_/);
  expect(await exported()).toMatchObject([{ signing: { enabled: true, secret: MASK } }]);
  expect(await exported("?secrets=clear")).toMatchObject([{ signing: created[0]?.signing }]);
  expect(await apply(file)).toMatchObject({ unchanged: 1 });
});

test("an export says what differs from the defaults, and a file with secrets in clear makes the same elsewhere", async () => {
  const rich = {
    name: "rich",
    target: receiver.url,
    events: ["delivery", "open"],
    active: false,
    auth_token: "token-secret",
    auth_type: "basic",
    auth_credentials: { username: "ada", password: "password-secret" },
    custom_headers: { "X-Key": "header-secret" },
    exception_subaccounts: [3],
    paused: true,
    concurrency: 7,
    rate_limit: 60,
    signing: { enabled: true, secret: `whsec_${Buffer.alloc(24, 1).toString("base64")}` },
  };
  const file = [rich, { name: "plain", target: receiver.url, events: ["click"], subaccount_id: 7 }];
  await apply(file);
  expect(await exported("?secrets=clear")).toEqual(expect.arrayContaining(file));
  const masked = await exported();
  expect(JSON.stringify(masked)).not.toContain("-secret");
  expect(await apply(masked)).toMatchObject({ unchanged: 2 });

  const elsewhere = await startApi(await freshDatabase());
  try {
    const refused = await put(masked, "", elsewhere);
    expect(refused.status).toBe(400);
    const at = (masked as { name: string }[]).findIndex(({ name }) => name === "rich");
    const params = ["auth_token", "auth_credentials.password", "custom_headers.X-Key", "signing.secret"];
    expect(refused.json.errors?.map((error) => error["param"])).toEqual(
      expect.arrayContaining(params.map((param) => `[${at}].${param}`)),
    );
    await apply(await exported("?secrets=clear"), "", elsewhere);
    expect(await exported("?secrets=clear", elsewhere)).toEqual(expect.arrayContaining(file));
  } finally {
    await elsewhere.stop();
  }
});

test("a file with mistakes is refused with all of them, each with its place, and nothing is stored", async () => {
  const file = [momentum()[0], { ...momentum()[1], events: ["nonsense"] }, 7, { name: "CRM", target: "nowhere" }];
  const { status, json } = await put(file);
  expect(status).toBe(400);
  const params = ["[2]", "[3].name", "[1].events[0]", "[3].target", "[3].events"];
  expect(json.errors?.map((error) => error["param"])).toEqual(expect.arrayContaining(params));
  expect(json.errors).toHaveLength(params.length);
  expect(await webhooks()).toEqual([]);
});

test.each([
  ["?dry_run=yes", "dry_run"],
  ["?mode=replace&dry_run=true", "mode"],
  ["?mode=provision", "mode"],
  ["?mode=provision&dry_run=false", "mode"],
  ["?insist=", "insist"],
])("PUT with %s is refused by name", async (query, param) => {
  const { status, json } = await put([], query);
  expect([status, json.errors?.[0]?.["param"]]).toEqual([400, param]);
});

test("GET with secrets=all is refused by name, and other methods are not allowed", async () => {
  const { status, json } = await api.request("GET", "/api/v1/definitions?secrets=all");
  expect([status, json.errors?.[0]?.["param"]]).toEqual([400, "secrets"]);
  const post = await api.request("POST", "/api/v1/definitions", { json: [] });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, PUT"]);
});

describe("who may", () => {
  const asKey = async (grants: readonly string[], subaccount_id: number | null = null) => {
    const { json } = await api.request("POST", "/api/v1/api-keys", { json: { label: "x", grants, subaccount_id } });
    const headers = { authorization: (json.results as { key: string }).key };
    return {
      put: async () => (await api.request("PUT", "/api/v1/definitions", { headers, json: [] })).status,
      get: async (query = "") => (await api.request("GET", `/api/v1/definitions${query}`, { headers })).status,
    };
  };

  test("import needs webhooks/modify, export webhooks/view, and secrets in clear admin", async () => {
    const viewer = await asKey(["webhooks/view"]);
    expect([await viewer.put(), await viewer.get(), await viewer.get("?secrets=clear")]).toEqual([403, 200, 403]);
    const editor = await asKey(["webhooks/modify"]);
    expect([await editor.put(), await editor.get(), await editor.get("?secrets=clear")]).toEqual([200, 200, 403]);
    const admin = await asKey(["admin"]);
    expect([await admin.put(), await admin.get("?secrets=clear")]).toEqual([200, 200]);
  });

  test("a call for one subaccount sees no definitions of all", async () => {
    const bound = await asKey(["webhooks/modify"], 7);
    expect([await bound.put(), await bound.get()]).toEqual([403, 403]);
    const headers = { "x-msys-subaccount": "0" };
    expect((await api.request("GET", "/api/v1/definitions", { headers })).status).toBe(403);
  });
});

test("files that two processes get at the same time are applied one after the other, and make each webhook once", async () => {
  const other = await startApi(database);
  try {
    const all = await Promise.all([api, other, api, other].map((at) => apply(momentum(), "", at)));
    const made = all.map(({ created, unchanged }) => `${created.length} made, ${unchanged} unchanged`);
    expect(made.toSorted((a, b) => a.localeCompare(b))).toEqual([
      "0 made, 2 unchanged",
      "0 made, 2 unchanged",
      "0 made, 2 unchanged",
      "2 made, 0 unchanged",
    ]);
    expect(await webhooks()).toHaveLength(2);
  } finally {
    await other.stop();
  }
});
