import { request } from "node:http";
import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { startTokenServer } from "../../../test/support/token-server.ts";
import type { TokenServer } from "../../../test/support/token-server.ts";

// The request and response pairs that are known of the original API, each under the number of its fact.

let api: TestApi;
let receiver: Receiver;
let tokens: TokenServer;
beforeEach(async () => {
  receiver = await startReceiver();
  tokens = await startTokenServer();
  api = await startApi(await freshDatabase());
});
afterEach(async () => {
  await api.stop();
  await receiver.close();
  await tokens.close();
});

const definition = (changes: Record<string, unknown> = {}) => ({
  name: "Example webhook",
  target: receiver.url,
  events: ["injection", "delivery", "open", "click"],
  ...changes,
});
const post = (json: unknown, path = "/api/v1/webhooks"): Promise<ApiAnswer> => api.request("POST", path, { json });
const put = (id: string, json: unknown): Promise<ApiAnswer> => api.request("PUT", `/api/v1/webhooks/${id}`, { json });
const get = (path: string): Promise<ApiAnswer> => api.request("GET", path);

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const { status, json, text } = await post(definition(changes));
  if (status !== 200) throw new Error(text);
  return (json.results as { id: string }).id;
}
const oauth = (changes: Record<string, unknown> = {}) => ({
  auth_type: "oauth2",
  auth_request_details: {
    url: tokens.url,
    body: { client_id: "ada", client_secret: "s3cret", grant_type: "client_credentials" },
  },
  ...changes,
});

test("facts §1.3: create answers 200 with id and an absolute link, GET and PUT", async () => {
  const { status, json } = await post(definition());
  const { id } = json.results as { id: string };
  expect(status).toBe(200);
  expect(json).toEqual({
    results: {
      id,
      links: [{ href: `${api.url}/api/v1/webhooks/${id}`, rel: "urn.msys.webhooks.webhook", method: ["GET", "PUT"] }],
    },
  });
});

test("facts §1.3: a test POST that is refused answers 400 with a number as code and what the target said", async () => {
  receiver.answerTestsWith({ status: 502, headers: { "X-Upstream": "gone" }, body: "response body" });
  const { status, json } = await post(definition());
  expect(status).toBe(400);
  expect(json.errors).toEqual([
    expect.objectContaining({
      code: 400,
      message: "POST to webhook target URL failed with non-2xx response code 502",
      response: { status: 502, headers: expect.objectContaining({ "x-upstream": "gone" }), body: "response body" },
    }),
  ]);
});

test("facts §1.3: a token URL that fails answers 400 in the documented words, before any test POST", async () => {
  tokens.answerWith({ status: 502, headers: { "X-Upstream": "gone" }, body: "response body" });
  const { status, json } = await post(definition(oauth()));
  expect(status).toBe(400);
  expect(json.errors).toEqual([
    expect.objectContaining({
      code: 400,
      message: "POST to webhook tokens URL failed",
      response: { status: 502, headers: expect.objectContaining({ "x-upstream": "gone" }), body: "response body" },
    }),
  ]);
  expect(receiver.tests).toEqual([]);
  expect((await get("/api/v1/webhooks")).json.results).toEqual([]);
});

test("facts §1.3, §2.3: the test POST is as the original's, and carries token, authentication and custom headers", async () => {
  await create({
    auth_token: "s3cret",
    auth_type: "basic",
    auth_credentials: { username: "ada", password: "pässword" },
    custom_headers: { "X-Api-Key": "abcd" },
  });
  expect(receiver.tests).toHaveLength(1);
  const [{ headers, body } = { headers: {}, body: "" }] = receiver.tests;
  expect(body.toString()).toBe('[{"msys":{}}]');
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "content-length": "13",
    "x-messagesystems-batch-id": "77c2b630-d712-11e4-9642-efc2723b99c1",
    "x-messagesystems-webhook-token": "s3cret",
    authorization: `Basic ${Buffer.from("ada:pässword").toString("base64")}`,
    "x-api-key": "abcd",
  });
});

test("facts §2.4: with oauth2 a token is fetched at creation, and the test POST carries it", async () => {
  const id = await create(oauth());
  expect(tokens.requests).toHaveLength(1);
  expect(receiver.tests[0]?.headers).toMatchObject({ authorization: `Bearer ${tokens.issued.at(-1)}` });
  expect((await get(`/api/v1/webhooks/${id}`)).json.results).toMatchObject({
    auth_type: "oauth2",
    auth_request_details: {
      url: tokens.url,
      body: { client_id: "ada", client_secret: "********", grant_type: "client_credentials" },
    },
    auth_credentials: { access_token: "********", expires_in: 3_600 },
  });
});

test("facts §2.4: a token is fetched at updates that change how the target is reached, and not needed for others", async () => {
  const id = await create(oauth());
  expect((await put(id, { target: `${receiver.url}&new=1` })).status).toBe(200);
  expect(tokens.requests).toHaveLength(2);
  tokens.answerWith({ status: 500 });
  expect((await put(id, { active: false })).status).toBe(200);
  expect((await put(id, { name: "Renamed" })).status).toBe(200);
  const before = (await get(`/api/v1/webhooks/${id}`)).text;
  const refused = await put(id, { active: true });
  expect([refused.status, refused.json.errors?.[0]?.["message"]]).toEqual([400, "POST to webhook tokens URL failed"]);
  expect((await get(`/api/v1/webhooks/${id}`)).text).toBe(before);
});

test("facts §1.4: an update answers with id and the validate link; what is not sent stays", async () => {
  const id = await create({ auth_token: "s3cret", custom_headers: { "x-api-key": "abcd" } });
  const { status, json } = await put(id, { name: "New replacement name", events: ["delivery"] });
  expect(status).toBe(200);
  expect(json).toEqual({
    results: {
      id,
      links: [
        { href: `${api.url}/api/v1/webhooks/${id}/validate`, rel: "urn.msys.webhooks.validate", method: ["POST"] },
      ],
    },
  });
  expect((await get(`/api/v1/webhooks/${id}`)).json.results).toMatchObject({
    name: "New replacement name",
    target: receiver.url,
    events: ["delivery"],
    auth_token: "********",
    custom_headers: { "x-api-key": "********" },
  });
  expect((await put(id, { custom_headers: {} })).status).toBe(200);
  expect((await get(`/api/v1/webhooks/${id}`)).json.results).toMatchObject({ custom_headers: {} });
});

test("facts §1.5: list rows and detail have the documented fields, none of them null", async () => {
  const id = await create({ exception_subaccounts: [123], custom_headers: { "x-api-key": "abcd" } });
  const list = (await get("/api/v1/webhooks")).json.results as Record<string, unknown>[];
  const detail = (await get(`/api/v1/webhooks/${id}`)).json.results as Record<string, unknown>;
  for (const shown of [list[0], detail]) {
    expect(shown).toMatchObject({
      id,
      name: "Example webhook",
      target: receiver.url,
      events: ["injection", "delivery", "open", "click"],
      exception_subaccounts: ["123"],
      auth_type: "none",
      auth_request_details: {},
      auth_credentials: {},
      auth_token: "",
      custom_headers: { "x-api-key": "********" },
      active: true,
    });
    expect(shown).not.toHaveProperty("last_successful");
    expect(shown).not.toHaveProperty("last_failure");
  }
  expect(detail["links"]).toEqual([
    { href: `${api.url}/api/v1/webhooks/${id}/validate`, rel: "urn.msys.webhooks.validate", method: ["POST"] },
    { href: `${api.url}/api/v1/webhooks/${id}/batch-status`, rel: "urn.msys.webhooks.batches", method: ["GET"] },
  ]);
});

test("facts §1.1: timezone is taken on list and detail, and refused by name when there is none of that name", async () => {
  const id = await create();
  for (const path of ["/api/v1/webhooks", `/api/v1/webhooks/${id}`]) {
    expect((await get(`${path}?timezone=America/New_York`)).status).toBe(200);
    expect((await get(`${path}?timezone=America%2FNew_York`)).status).toBe(200);
    const { status, json } = await get(`${path}?timezone=Mars/Olympus`);
    expect([status, json.errors?.[0]]).toEqual([400, expect.objectContaining({ param: "timezone" })]);
  }
});

test.each([
  ["an event as message (2015 to 2017, clients)", { message: { msys: {} } }, '{"msys":{}}'],
  [
    "a list as message (the console)",
    { message: [{ msys: { a: { type: "open" } } }] },
    '[{"msys":{"a":{"type":"open"}}}]',
  ],
  ["a list (documents since 2017)", [{ msys: {} }], '[{"msys":{}}]'],
])("facts §1.7: validate takes %s and sends it as it is", async (_, body, sent) => {
  const id = await create({ auth_token: "s3cret" });
  receiver.answerTestsWith({ status: 200, headers: { "Content-Type": "text/plain" }, body: "OK" });
  receiver.answerWith(() => ({ status: 200, headers: { "Content-Type": "text/plain" }, body: "OK" }));
  const { status, json } = await post(body, `/api/v1/webhooks/${id}/validate`);
  expect(status).toBe(200);
  expect(json).toEqual({
    results: {
      msg: "Test POST to endpoint succeeded",
      response: { status: 200, headers: expect.objectContaining({ "content-type": "text/plain" }), body: "OK" },
    },
  });
  const got = [...receiver.tests, ...receiver.batches].at(-1);
  expect(got?.body.toString()).toBe(sent);
  expect(got).toMatchObject({ token: "s3cret", batchId: "77c2b630-d712-11e4-9642-efc2723b99c1" });
});

test("facts §1.7: a target that refuses the message is shown as at creation", async () => {
  const id = await create();
  receiver.answerTestsWith({ status: 404, body: "not here" });
  const { status, json } = await post([{ msys: {} }], `/api/v1/webhooks/${id}/validate`);
  expect(status).toBe(400);
  expect(json.errors).toEqual([
    expect.objectContaining({
      code: 400,
      message: "POST to webhook target URL failed with non-2xx response code 404",
      response: expect.objectContaining({ status: 404, body: "not here" }),
    }),
  ]);
});

test.each([[{}], ["text"], [7], [{ message: "text" }], [{ message: null }], [null]])(
  "facts §1.7: %j holds no message",
  async (body) => {
    const id = await create();
    const { status, json } = await post(body, `/api/v1/webhooks/${id}/validate`);
    expect([status, json.errors?.[0]?.["param"]]).toEqual([400, "message"]);
  },
);

test("facts §1.9: the two shapes of errors", async () => {
  const unknown = await get("/api/v1/webhooks/11111111-1111-4111-8111-111111111111");
  expect([unknown.status, unknown.json.errors]).toEqual([
    404,
    [{ message: "Resource could not be found", description: expect.any(String), code: "1600" }],
  ]);
  const reserved = await post(definition({ custom_headers: { "content-type": "x" } }));
  expect([reserved.status, reserved.json.errors]).toEqual([
    400,
    [
      {
        param: "custom_headers",
        message: "Header is reserved and cannot be used",
        value: "content-type",
        code: "10000",
      },
    ],
  ]);
});

test("PUT(id, GET(id)) answers 200 and changes nothing, for every kind of authentication", async () => {
  const kinds = [
    {},
    { auth_token: "s3cret" },
    { auth_type: "basic", auth_credentials: { username: "u", password: "p" } },
    { auth_type: "basic", auth_credentials: { username: "u" } },
    oauth(),
    { custom_headers: { "x-api-key": "abcd" } },
    { signing: { enabled: true } },
    { exception_subaccounts: [1, 2] },
    { subaccount_id: 7 },
    { concurrency: 2, rate_limit: 60, paused: true, active: false },
  ];
  for (const kind of kinds) {
    const id = await create(kind);
    const before = await get(`/api/v1/webhooks/${id}`);
    const fetched = tokens.requests.length;
    const tested = receiver.tests.length;
    const { status, text } = await put(id, before.json.results);
    expect([status, text]).toEqual([200, expect.stringContaining(id)]);
    expect((await get(`/api/v1/webhooks/${id}`)).text).toBe(before.text);
    expect([tokens.requests.length, receiver.tests.length]).toEqual([fetched, tested]);
  }
});

describe("signing", () => {
  test("a secret that Posthorn makes is shown once; rotated, the one before stays valid for a while", async () => {
    const { json } = await post(definition({ signing: { enabled: true } }));
    const { id, signing } = json.results as { id: string; signing: { secret: string } };
    expect(signing.secret).toMatch(/^whsec_/);
    expect((await get(`/api/v1/webhooks/${id}`)).text).not.toContain(signing.secret);
    const rotated = await post({ overlap_seconds: 60 }, `/api/v1/webhooks/${id}/rotate-secret`);
    expect(rotated.json.results).toEqual({
      id,
      signing: { secret: expect.stringMatching(/^whsec_/), previous_until: expect.stringMatching(/^\d{4}-/) },
    });
    expect(rotated.text).not.toContain(signing.secret);
    expect((await get(`/api/v1/webhooks/${id}`)).json.results).toMatchObject({
      signing: { enabled: true, secret: "********", previous_until: expect.any(String) },
    });
  });

  test("of a webhook that does not sign there is nothing to rotate", async () => {
    const id = await create();
    const { status, json } = await post({}, `/api/v1/webhooks/${id}/rotate-secret`);
    expect([status, json.errors?.[0]?.["message"]]).toEqual([400, expect.stringMatching(/not signed/)]);
    expect((await get(`/api/v1/webhooks/${id}`)).json.results).toMatchObject({ signing: { enabled: false } });
  });

  test("a rotation needs no body, and names what is wrong with one", async () => {
    const id = await create({ signing: { enabled: true } });
    const path = `/api/v1/webhooks/${id}/rotate-secret`;
    expect((await api.request("POST", path)).status).toBe(200);
    const { status, json } = await post({ secret: "short", overlap_seconds: -1, colour: "red" }, path);
    expect(status).toBe(400);
    expect(json.errors?.map((error) => error["param"]).toSorted()).toEqual(["colour", "overlap_seconds", "secret"]);
  });
});

test("management calls beyond the limit get 429 with Retry-After; ingest does not", async () => {
  const limited = await startApi(await freshDatabase(), { API_RATE_LIMIT: "3" });
  try {
    const answers = await Promise.all(Array.from({ length: 8 }, () => limited.request("GET", "/api/v1/webhooks")));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    expect(refused[0]?.json.errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/Retry-After/) }),
    ]);
    const event = { msys: { track_event: { type: "open" } } };
    const sent = await Promise.all(
      Array.from({ length: 8 }, () => limited.request("POST", "/api/v1/events", { json: event })),
    );
    expect(sent.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  } finally {
    await limited.stop();
  }
});

test("a target's user and password go out as Basic and are shown masked", async () => {
  const { host, search, pathname } = new URL(receiver.url);
  const id = await create({ target: `http://ada:s3cret@${host}${pathname}${search}` });
  expect(receiver.tests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ada:s3cret").toString("base64")}`);
  const shown = await get(`/api/v1/webhooks/${id}`);
  expect(shown.json.results).toMatchObject({
    target: receiver.url,
    auth_type: "basic",
    auth_credentials: { username: "ada", password: "********" },
  });
  expect(shown.text).not.toContain("s3cret");
});

test("a Host header that is no host gets into no link", async () => {
  await create();
  const { port } = new URL(api.url);
  const text = await new Promise<string>((resolve, reject) => {
    const headers = { host: 'evil"><script>', authorization: api.apiKey };
    const call = request({ host: "127.0.0.1", port, path: "/api/v1/webhooks", headers }, (response) => {
      response.setEncoding("utf8");
      let body = "";
      response.on("data", (part: string) => (body += part)).on("end", () => resolve(body));
    });
    call.on("error", reject).end();
  });
  expect(text).toContain('"href":"/api/v1/webhooks/');
});
