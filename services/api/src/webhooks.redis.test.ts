import { connect } from "node:net";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { checkedFetch } from "../../../test/support/checked-fetch.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

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

const definition = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: "Example webhook",
  target: receiver.url,
  events: ["injection", "delivery", "open", "click"],
  ...changes,
});

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const { json } = await api.request("POST", "/api/v1/webhooks/", { json: definition(changes) });
  return (json.results as { id: string }).id;
}

describe("create", () => {
  test("a test POST with the token goes out first; the answer has id and link as documented", async () => {
    const { status, json, headers } = await api.request("POST", "/api/v1/webhooks/", {
      json: definition({ auth_token: "s3cret" }),
    });
    expect(status).toBe(200);
    const { id } = json.results as { id: string };
    expect(id).toMatch(UUID);
    expect(json).toEqual({
      results: {
        id,
        links: [{ href: `${api.url}/api/v1/webhooks/${id}`, rel: "urn.msys.webhooks.webhook", method: ["GET", "PUT"] }],
      },
    });
    expect(headers.get("x-request-id")).toMatch(UUID);
    expect(receiver.tests).toHaveLength(1);
    expect(receiver.tests[0]).toMatchObject({ token: "s3cret", batchId: "77c2b630-d712-11e4-9642-efc2723b99c1" });
    expect(receiver.tests[0]?.body.toString()).toBe('[{"msys":{}}]');
  });

  test("a target that refuses the test POST is shown with status, headers and body, and nothing is stored", async () => {
    receiver.answerTestsWith({ status: 404, headers: { "X-Why": "no such hook" }, body: "not here" });
    const { status, json } = await api.request("POST", "/api/v1/webhooks", { json: definition() });
    expect(status).toBe(400);
    expect(json.errors).toEqual([
      expect.objectContaining({
        code: 400,
        message: "POST to webhook target URL failed with non-2xx response code 404",
        response: { status: 404, body: "not here", headers: expect.objectContaining({ "x-why": "no such hook" }) },
      }),
    ]);
    expect((await api.request("GET", "/api/v1/webhooks")).json.results).toEqual([]);
  });

  test("a redirect is a failure, and so is silence", async () => {
    receiver.answerTestsWith({ status: 302, headers: { location: `${receiver.url}&again` } });
    const redirected = await api.request("POST", "/api/v1/webhooks", { json: definition() });
    expect(redirected.json.errors?.[0]?.["message"]).toMatch(/response code 302/);
    receiver.answerTestsWith("hang");
    const silent = await api.request("POST", "/api/v1/webhooks", { json: definition() });
    expect(silent.status).toBe(400);
    expect(silent.json.errors?.[0]?.["message"]).toMatch(/error code ETIMEDOUT/);
  });

  test("a target that nobody listens at gives the network's error code", async () => {
    const { status, json } = await api.request("POST", "/api/v1/webhooks", {
      json: definition({ target: `http://127.0.0.1:${await freePort()}/` }),
    });
    expect(status).toBe(400);
    expect(json.errors?.[0]).toMatchObject({
      code: 400,
      message: "POST to webhook target URL failed with error code ECONNREFUSED",
      description: expect.stringMatching(/port/),
    });
  });

  test("any 2xx is a success", async () => {
    receiver.answerTestsWith({ status: 204 });
    expect((await api.request("POST", "/api/v1/webhooks", { json: definition() })).status).toBe(200);
  });
});

describe("retrieve, update, delete", () => {
  test("list and detail show the documented fields, and secrets masked", async () => {
    const id = await create({ auth_token: "s3cret" });
    const fields = {
      id,
      name: "Example webhook",
      target: receiver.url,
      events: ["injection", "delivery", "open", "click"],
      auth_type: "none",
      auth_request_details: {},
      auth_credentials: {},
      auth_token: "********",
      custom_headers: {},
      active: true,
      // Posthorn's own.
      paused: false,
      inactive_reason: null,
      concurrency: null,
      rate_limit: null,
      signing: { enabled: false },
      tls_ca: null,
    };
    const list = await api.request("GET", "/api/v1/webhooks");
    expect(list.json.results).toEqual([
      {
        ...fields,
        links: [{ href: `${api.url}/api/v1/webhooks/${id}`, rel: "urn.msys.webhooks.webhook", method: ["GET", "PUT"] }],
      },
    ]);
    const detail = await api.request("GET", `/api/v1/webhooks/${id}/`);
    expect(detail.json.results).toEqual({
      ...fields,
      links: [
        { href: `${api.url}/api/v1/webhooks/${id}/validate`, rel: "urn.msys.webhooks.validate", method: ["POST"] },
        { href: `${api.url}/api/v1/webhooks/${id}/batch-status`, rel: "urn.msys.webhooks.batches", method: ["GET"] },
      ],
    });
    expect(list.text + detail.text).not.toContain("s3cret");
  });

  test("an update merges, and putting back what GET answered changes nothing", async () => {
    const id = await create({ auth_token: "s3cret" });
    const renamed = await api.request("PUT", `/api/v1/webhooks/${id}`, {
      json: { name: "Renamed", events: ["bounce"] },
    });
    expect(renamed.json.results).toEqual({
      id,
      links: [
        { href: `${api.url}/api/v1/webhooks/${id}/validate`, rel: "urn.msys.webhooks.validate", method: ["POST"] },
      ],
    });
    const before = await api.request("GET", `/api/v1/webhooks/${id}`);
    expect(before.json.results).toMatchObject({ name: "Renamed", events: ["bounce"], target: receiver.url });
    const same = await api.request("PUT", `/api/v1/webhooks/${id}`, { json: before.json.results });
    expect(same.status).toBe(200);
    expect((await api.request("GET", `/api/v1/webhooks/${id}`)).text).toBe(before.text);
    expect(receiver.tests).toHaveLength(1);
  });

  test("a new target gets a test POST, and when that fails nothing changes", async () => {
    const id = await create();
    const before = await api.request("GET", `/api/v1/webhooks/${id}`);
    receiver.answerTestsWith({ status: 500 });
    const refused = await api.request("PUT", `/api/v1/webhooks/${id}`, {
      json: { name: "New", target: `${receiver.url}&new=1` },
    });
    expect(refused.status).toBe(400);
    expect((await api.request("GET", `/api/v1/webhooks/${id}`)).text).toBe(before.text);
    receiver.answerTestsWith({ status: 200 });
    expect(
      (await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { target: `${receiver.url}&new=1` } })).status,
    ).toBe(200);
  });

  test("a deleted webhook is gone", async () => {
    const id = await create();
    const deleted = await api.request("DELETE", `/api/v1/webhooks/${id}`);
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    for (const method of ["GET", "DELETE"]) {
      expect((await api.request(method, `/api/v1/webhooks/${id}`)).status).toBe(404);
    }
    expect((await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { name: "x" } })).status).toBe(404);
  });

  test("what one process creates, changes and deletes, another one knows when the answer comes", async () => {
    const url = await freshDatabase();
    const one = await startApi(url);
    const two = await startApi(url, { POSTHORN_API_KEY: one.apiKey });
    const batchStatus = async () =>
      two.request("POST", "/api/v1/events", { json: { msys: { message_event: { type: "open" } } } });
    const created = await one.request("POST", "/api/v1/webhooks", { json: definition() });
    const { id } = created.json.results as { id: string };
    expect((await batchStatus()).status).toBe(200);
    const metrics = await fetch(`${two.url}/metrics`).then((response) => response.text());
    expect(metrics).toContain("posthorn_events_unrouted_total 0");
    await one.request("DELETE", `/api/v1/webhooks/${id}`);
    await batchStatus();
    expect(await fetch(`${two.url}/metrics`).then((response) => response.text())).toContain(
      "posthorn_events_unrouted_total 1",
    );
    await one.stop();
    await two.stop();
  });
});

describe("bad input", () => {
  test.each([
    ["no name", { name: undefined }, "name"],
    ["an empty name", { name: " " }, "name"],
    ["a name that is no text", { name: 7 }, "name"],
    ["a target without scheme", { target: "example.com/hook" }, "target"],
    ["another scheme", { target: "ftp://example.com/" }, "target"],
    ["a target that is no URL", { target: "http://" }, "target"],
    ["no events", { events: [] }, "events"],
    ["events that are no list", { events: "delivery" }, "events"],
    ["events written as JSON text", { events: '["delivery"]' }, "events"],
    ["an unknown event type", { events: ["delivery", "reception"] }, "events[1]"],
    ["an event type of a prototype", { events: ["constructor"] }, "events[0]"],
    ["an unknown field", { colour: "red" }, "colour"],
    ["a token with a line break", { auth_token: "a\r\nX-Evil: 1" }, "auth_token"],
    ["an active that is no boolean", { active: "yes" }, "active"],
  ])("%s is refused by name and nothing is stored", async (_, changes, param) => {
    const { status, json } = await api.request("POST", "/api/v1/webhooks", { json: definition(changes) });
    expect(status).toBe(400);
    expect(json.errors?.map((error) => error["param"])).toEqual([param]);
    expect(json.errors?.[0]?.["message"]).toEqual(expect.any(String));
    expect((await api.request("GET", "/api/v1/webhooks")).json.results).toEqual([]);
    expect(receiver.tests).toEqual([]);
  });

  test("every problem of a body is listed at once", async () => {
    const { json } = await api.request("POST", "/api/v1/webhooks", { json: { target: "x", events: ["y"], z: 1 } });
    expect(json.errors?.map((error) => error["param"]).toSorted()).toEqual(["events[0]", "name", "target", "z"]);
    expect(json.errors).toContainEqual({ message: "Unknown parameter", param: "z", value: 1 });
  });

  test.each([
    ["malformed JSON", '{"name":', "application/json", 400],
    ["an empty body", "", "application/json", 400],
    ["a list", "[]", "application/json", 400],
    ["null", "null", "application/json", 400],
    ["a body that is no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "application/json", 400],
    ["a hundred thousand nested lists", "[".repeat(100_000), "application/json", 400],
    ["__proto__", '{"__proto__":{"name":"x"},"name":"y"}', "application/json", 400],
    ["duplicate names", '{"name":"a","name":7}', "application/json", 400],
    ["another content type", "<xml/>", "text/xml", 415],
    ["two megabytes", `"${"x".repeat(2_000_000)}"`, "application/json", 413],
  ])("%s is answered in the API's shape", async (_, body, type, expected) => {
    const { status, json, headers } = await api.request("POST", "/api/v1/webhooks", {
      body,
      headers: { "content-type": type },
    });
    expect(status).toBe(expected);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(json.errors?.[0]?.["message"]).toEqual(expect.any(String));
    expect((await api.request("GET", "/api/v1/webhooks")).json.results).toEqual([]);
  });

  test("an id in an update is refused only when it is another one", async () => {
    const id = await create();
    expect((await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { id, name: "x" } })).status).toBe(200);
    const other = "11111111-1111-4111-8111-111111111111";
    const { status, json } = await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { id: other } });
    expect(status).toBe(400);
    expect(json.errors).toEqual([{ message: "Unknown parameter", param: "id", value: other }]);
  });

  test.each([undefined, "wrong", "Basic d3Jvbmc6", "Bearer x"])("the key %p is refused", async (key) => {
    const headers: Record<string, string> = key === undefined ? {} : { authorization: key };
    const { status, text } = await checkedFetch(api.url, "/api/v1/webhooks", { method: "GET", headers });
    expect(status).toBe(401);
    expect(JSON.parse(text)).toEqual({ errors: [expect.objectContaining({ message: "Unauthorized." })] });
  });

  test("the key is also taken as the user of HTTP Basic", async () => {
    const basic = Buffer.from(`${api.apiKey}:`).toString("base64");
    const headers = { authorization: `Basic ${basic}` };
    expect((await checkedFetch(api.url, "/api/v1/webhooks", { method: "GET", headers })).status).toBe(200);
  });

  test("unknown paths, ids and methods get JSON answers", async () => {
    const id = await create();
    expect((await api.request("GET", "/api/v1/nothing")).status).toBe(404);
    expect((await api.request("GET", "/nothing")).json.errors).toHaveLength(1);
    expect((await api.request("GET", "/api/v1/webhooks/no-uuid")).status).toBe(404);
    expect((await api.request("GET", "/api/v1/webhooks/%E0%A4%A")).status).toBe(400);
    const patched = await api.request("PATCH", `/api/v1/webhooks/${id}`, { json: {} });
    expect([patched.status, patched.headers.get("allow")]).toEqual([405, "GET, PUT, DELETE"]);
    const limit = await api.request("GET", `/api/v1/webhooks/${id}/batch-status?limit=all`);
    expect([limit.status, limit.json.errors?.[0]?.["param"]]).toEqual([400, "limit"]);
  });

  test("bodies on GET and a content type on DELETE are tolerated", async () => {
    const id = await create();
    const { port } = new URL(api.url);
    const head = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () =>
        socket.write(
          `GET /api/v1/webhooks HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.apiKey}\r\nContent-Length: 2\r\n\r\n[]`,
        ),
      );
      socket.once("data", (data) => {
        resolve(data.toString());
        socket.destroy();
      });
    });
    expect(head).toMatch(/^HTTP\/1.1 200/);
    const deleted = await api.request("DELETE", `/api/v1/webhooks/${id}`, {
      headers: { "content-type": "application/json" },
    });
    expect(deleted.status).toBe(204);
  });
});
