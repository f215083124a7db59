import { Agent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

let api: TestApi;
let agent: Agent;
beforeEach(async () => {
  api = await startApi(await freshDatabase(), { EVENTS_MAX_BODY: "1mb" });
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
afterEach(async () => {
  agent.destroy();
  await api.stop();
});

interface Heard {
  readonly status: number | undefined;
  readonly body: string;
  readonly isReused: boolean;
}

/** Sends all of a large body of undeclared length, and only then listens. */
async function upload(path: string, headers: Record<string, string> = {}): Promise<Heard> {
  const client = httpRequest(new URL(path, api.url), {
    method: "POST",
    agent,
    headers: { authorization: api.apiKey, "content-type": "application/json", ...headers },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    client.once("response", resolve);
    client.once("error", reject);
  });
  const part = Buffer.alloc(256 * 1024, 0x20);
  for (let n = 0; n < 24; n++) await new Promise<void>((resolve) => client.write(part, () => resolve()));
  client.end();
  const answer = await answered;
  let body = "";
  for await (const text of answer.setEncoding("utf8")) body += String(text);
  return { status: answer.statusCode, body, isReused: client.reusedSocket };
}

test.each([
  ["without a right key", "/api/v1/events", { authorization: "wrong" }, 401],
  ["of a wrong type", "/api/v1/events", { "content-type": "text/xml" }, 415],
  ["with a wrong key for repetitions", "/api/v1/events", { "idempotency-key": "" }, 400],
  ["of too many events", "/api/v1/events", {}, 413],
  ["of too many events as lines", "/api/v1/ingest/events", {}, 413],
  ["of too large a definition", "/api/v1/webhooks", {}, 413],
  ["to nowhere", "/api/v1/nowhere", {}, 404],
])("a large upload %s is answered, and its connection serves the next request", async (_, path, headers, status) => {
  const first = await upload(path, headers);
  expect(first.status).toBe(status);
  expect(JSON.parse(first.body)).toEqual({ errors: [expect.objectContaining({ message: expect.any(String) })] });
  expect(await upload(path, headers)).toEqual({ ...first, isReused: true });
});
