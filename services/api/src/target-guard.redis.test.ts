import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

let api: TestApi;
let receiver: Receiver;
let redisUrl: string;

beforeEach(async () => {
  receiver = await startReceiver();
  redisUrl = await freshDatabase();
});
afterEach(async () => {
  await api.stop();
  await receiver.close();
});

async function create(changes: Record<string, unknown>): Promise<ApiAnswer> {
  const definition = { name: "a webhook", target: receiver.url, events: ["delivery"], ...changes };
  return api.request("POST", "/api/v1/webhooks", { json: definition });
}

const refusal = (why: string): Record<string, unknown> => ({
  message: "POST to webhook target URL failed with error code ETARGETREFUSED",
  description: `Posthorn lets nobody in there: ${why}; TARGET_ALLOW opens it on purpose.`,
});

describe("without TARGET_ALLOW", () => {
  beforeEach(async () => {
    api = await startApi(redisUrl, { TARGET_ALLOW: "" });
  });

  test.each([
    ["http://10.0.0.1/hook", "10.0.0.1 is a private address (RFC 1918)"],
    ["https://us3r:pa55@10.0.0.1/hook", "10.0.0.1 is a private address (RFC 1918)"],
    [
      "http://169.254.169.254/latest/meta-data/",
      "169.254.169.254 is a metadata address (AWS, Azure, Google Cloud, OpenStack and others)",
    ],
    ["http://0x7f.1:6379/", "127.0.0.1 is a loopback address (RFC 1122)"],
    ["http://[::1]:8080/", "::1 is a loopback address (RFC 4291)"],
    ["http://[::ffff:10.1.2.3]/", "::ffff:a01:203 is an IPv4-mapped address for 10.1.2.3 (RFC 4291)"],
  ])("no webhook to %s is created, and the answer says why", async (target, why) => {
    const { status, json, text } = await create({ target });
    expect(status).toBe(400);
    expect(json.errors).toEqual([expect.objectContaining(refusal(why))]);
    expect(text).not.toMatch(/us3r|pa55/);
    expect((await api.request("GET", "/api/v1/webhooks")).json.results).toEqual([]);
  });

  test("no webhook is created whose name leads to this machine", async () => {
    const { status, json } = await create({ target: receiver.url.replace("127.0.0.1", "localhost") });
    expect(status).toBe(400);
    expect(json.errors).toEqual([expect.objectContaining({ description: expect.stringContaining("loopback") })]);
    expect(receiver.tests).toEqual([]);
  });
});

describe("with TARGET_ALLOW", () => {
  test("what is allowed can be a target, and nothing else can become one or be called", async () => {
    api = await startApi(redisUrl, { TARGET_ALLOW: "127.0.0.1" });
    const { status, json } = await create({});
    expect(status).toBe(200);
    const path = `/api/v1/webhooks/${(json.results as { id: string }).id}`;
    const changed = await api.request("PUT", path, { json: { target: "http://127.0.0.2/" } });
    expect(changed.status).toBe(400);
    expect(changed.json.errors).toEqual([
      expect.objectContaining(refusal("127.0.0.2 is a loopback address (RFC 1122)")),
    ]);
    expect((await api.request("GET", path)).json.results).toMatchObject({ target: receiver.url });
  });

  test("no token is fetched from where nobody is let in", async () => {
    api = await startApi(redisUrl, { TARGET_ALLOW: "127.0.0.1" });
    const { status, json } = await create({
      auth_type: "oauth2",
      auth_request_details: {
        url: "http://169.254.169.254/token",
        body: { client_id: "ada", client_secret: "s3cret", grant_type: "client_credentials" },
      },
    });
    expect(status).toBe(400);
    expect(json.errors).toEqual([
      expect.objectContaining({
        message: "POST to webhook tokens URL failed",
        description: expect.stringContaining("169.254.169.254 is a metadata address"),
      }),
    ]);
    expect(receiver.tests).toEqual([]);
  });

  test("what was allowed once is not called after it is no longer", async () => {
    api = await startApi(redisUrl);
    const { json } = await create({});
    const path = `/api/v1/webhooks/${(json.results as { id: string }).id}/validate`;
    await api.stop();
    api = await startApi(redisUrl, { TARGET_ALLOW: "10.0.0.0/8" });
    const { status, json: answer } = await api.request("POST", path, { json: { message: { msys: {} } } });
    expect(status).toBe(400);
    expect(answer.errors).toEqual([expect.objectContaining(refusal("127.0.0.1 is a loopback address (RFC 1122)"))]);
    expect(receiver.tests).toHaveLength(1);
  });
});

test("a target at a port that is not listed is refused", async () => {
  api = await startApi(redisUrl, { TARGET_PORTS: "80,443" });
  const { status, json } = await create({});
  expect(status).toBe(400);
  expect(json.errors).toEqual([
    expect.objectContaining({
      message: "POST to webhook target URL failed with error code ETARGETPORT",
      description: `Posthorn lets nobody in there: port ${receiver.port} is not among those of TARGET_PORTS.`,
    }),
  ]);
});
