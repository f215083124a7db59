import { randomUUID } from "node:crypto";
import { startApi } from "../../../test/support/api.ts";
import type { ApiAnswer, TestApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { startWorker } from "../../../test/support/worker.ts";
import type { TestWorker } from "../../../test/support/worker.ts";
import type { AttemptView, BatchView } from "./batches/batch-view.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let url: string;
let api: TestApi;
let receiver: Receiver;
let worker: TestWorker | undefined;
beforeEach(async () => {
  url = await freshDatabase();
  receiver = await startReceiver();
  // Two events make a batch.
  api = await startApi(url, { BATCH_MAX_EVENTS: "2" });
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await api.stop();
  await receiver.close();
});

async function create(changes: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<string> {
  const { status, json } = await api.request("POST", "/api/v1/webhooks", {
    json: { name: "Example", target: receiver.url, events: ["delivery"], concurrency: 1, ...changes },
    headers,
  });
  expect(status).toBe(200);
  return (json.results as { id: string }).id;
}

async function send(count: number, from = 0): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => event(from + n));
  expect((await api.request("POST", "/api/v1/events", { json: events })).status).toBe(200);
}

const list = async (id: string, query = ""): Promise<BatchView[]> =>
  (await api.request("GET", `/api/v1/webhooks/${id}/batches${query}`)).json.results as BatchView[];
const act = (path: string, method = "POST"): Promise<ApiAnswer> => api.request(method, `/api/v1/webhooks/${path}`);
const whenListed = (id: string, query: string, count: number): Promise<BatchView[]> =>
  waitFor(`${count} batches at ${query}`, async () => {
    const rows = await list(id, query);
    return rows.length === count && rows;
  });

describe("list", () => {
  test("batches are told of oldest first, with sizes and times", async () => {
    const id = await create();
    await send(5);
    const rows = await list(id);
    expect(rows.map(({ state, events }) => [state, events])).toEqual([
      ["open", 1],
      ["reserved", 2],
      ["waiting", 2],
    ]);
    expect(rows[2]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      state: "waiting",
      events: 2,
      body_bytes: Buffer.byteLength(JSON.stringify([event(2), event(3)])),
      attempts: 0,
      failed_attempts: 0,
      created_at: expect.stringMatching(ISO) as string,
      sealed_at: expect.stringMatching(ISO) as string,
      next_attempt_at: null,
      expires_at: null,
      ended_at: null,
      last_attempt: null,
    });
    const { json } = await act(`${id}/batches/${rows[2]?.id}`, "GET");
    expect(json.results).toEqual(rows[2]);
    expect((await act(`${id}/batches/${rows[2]?.id.toUpperCase()}/attempts`, "GET")).json).toEqual({ results: [] });
  });

  test("pages follow each other by their cursor, and may be of some states only", async () => {
    const id = await create();
    await send(21);
    const whole = await list(id, "?state=waiting,open");
    expect(whole.map(({ state }) => state)).toEqual(["open", ...Array(9).fill("waiting")]);
    const paged: BatchView[] = [];
    let cursor = "";
    for (let page = 0; page < 4; page++) {
      const { json } = await act(`${id}/batches?state=waiting,open&limit=4${cursor}`, "GET");
      const answer = json as { results: BatchView[]; cursor: string | null };
      paged.push(...answer.results);
      if (answer.cursor === null) break;
      cursor = `&cursor=${answer.cursor}`;
    }
    expect(paged).toEqual(whole);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=many", "limit"],
    ["state=gone", "state"],
    ["state=", "state"],
    ["state=open&state=waiting", "state"],
    ["cursor=x", "cursor"],
    ["cursor=WzFd", "cursor"],
  ])("a query with %s is refused", async (query, param) => {
    const { status, json } = await act(`${await create()}/batches?${query}`, "GET");
    expect(status).toBe(400);
    expect(json.errors).toEqual([expect.objectContaining({ param })]);
  });
});

describe("what is not there", () => {
  test.each([
    ["GET", "batches"],
    ["GET", `batches/${randomUUID()}`],
    ["GET", `batches/${randomUUID()}/attempts`],
    ["POST", "pause"],
    ["POST", "resume"],
    ["POST", "retry"],
    ["POST", "discard"],
    ["POST", `batches/${randomUUID()}/retry`],
  ])("%s …/%s of an unknown webhook is answered with 404", async (method, path) => {
    for (const id of [randomUUID(), "no-id"]) {
      expect((await act(`${id}/${path}`, method)).status).toBe(404);
    }
  });

  test.each(["retry", "discard", "pause", "resume", "attempts", ""])(
    "an unknown batch, or another webhook's, is answered with 404 at …/%s",
    async (action) => {
      const [id, other] = [await create(), await create()];
      await send(2);
      const [row] = await list(other);
      const method = action === "attempts" || action === "" ? "GET" : "POST";
      for (const batch of [randomUUID(), "no-id", row?.id]) {
        const { status, json } = await act(`${id}/batches/${batch}/${action}`, method);
        expect([status, json.errors?.[0]?.["code"]]).toEqual([404, "1600"]);
      }
      expect(await list(other)).toEqual([row]);
    },
  );

  test("other methods are told which ones there are", async () => {
    const id = await create();
    for (const [path, allow] of [
      ["batches", "GET"],
      ["pause", "POST"],
      [`batches/${randomUUID()}`, "GET"],
      [`batches/${randomUUID()}/retry`, "POST"],
    ]) {
      const { status, headers } = await act(`${id}/${path}`, "PUT");
      expect([status, headers.get("allow")]).toEqual([405, allow]);
    }
  });
});

describe("pause and resume", () => {
  test("a paused webhook collects and tries nothing, and a resumed one delivers what waits", async () => {
    worker = await startWorker(url);
    const id = await create();
    expect((await act(`${id}/pause`)).json).toEqual({ results: { paused: true } });
    expect((await act(`${id}/pause`)).json).toEqual({ results: { paused: true } });
    await send(4);
    expect((await list(id)).map(({ state }) => state)).toEqual(["waiting", "waiting"]);
    expect(receiver.batches).toHaveLength(0);
    expect((await act(`${id}/resume`)).json).toEqual({ results: { paused: false } });
    await whenListed(id, "?state=delivered", 2);
    expect(receiver.batches.map(({ events }) => events)).toEqual([
      [event(0), event(1)],
      [event(2), event(3)],
    ]);
  });

  test("pausing is not lost, and loses nothing, when something else is changed at the same time", async () => {
    const id = await create();
    const answers = await Promise.all([
      ...["A", "B", "C"].map((name) => api.request("PUT", `/api/v1/webhooks/${id}`, { json: { name } })),
      act(`${id}/pause`),
      ...["D", "E", "F"].map((name) =>
        api.request("PUT", `/api/v1/webhooks/${id}`, { json: { concurrency: 7, name } }),
      ),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(200));
    expect((await act(id, "GET")).json.results).toMatchObject({ paused: true, concurrency: 7 });
  });

  test("a paused batch lets the others pass, and is due at once when it is resumed", async () => {
    const id = await create();
    await send(6);
    const [, second] = await list(id);
    const { json } = await act(`${id}/batches/${second?.id}/pause`);
    expect(json.results).toEqual({ batches: 1, batch: { ...second, state: "paused" } });
    worker = await startWorker(url);
    await whenListed(id, "?state=delivered", 2);
    expect(await list(id, "?state=paused")).toHaveLength(1);
    expect((await act(`${id}/batches/${second?.id}/resume`)).status).toBe(200);
    await whenListed(id, "?state=delivered", 3);
    expect(receiver.batches.at(-1)?.batchId).toBe(second?.id);
  });
});

describe("retry", () => {
  test("a batch that failed is sent again at once; its attempts tell why, and how long they took", async () => {
    receiver.answerWith([{ status: 503, body: "out for lunch" }, "hang"]);
    worker = await startWorker(url);
    const id = await create();
    await send(2);
    const [failed] = await whenListed(id, "?state=scheduled", 1);
    expect(failed).toMatchObject({
      attempts: 1,
      failed_attempts: 1,
      next_attempt_at: expect.stringMatching(ISO) as string,
      expires_at: expect.stringMatching(ISO) as string,
      last_attempt: { status: 503, error_code: null, message: "The target answered 503" },
    });
    expect((await act(`${id}/batches/${failed?.id}/retry`)).json.results).toMatchObject({
      batches: 1,
      batch: { id: failed?.id },
    });
    await waitFor("the second failure", async () => (await list(id, "?state=scheduled"))[0]?.attempts === 2);
    expect((await act(`${id}/retry`)).json).toEqual({ results: { batches: 1 } });
    await whenListed(id, "?state=delivered", 1);
    const { json } = await act(`${id}/batches/${failed?.id}/attempts`, "GET");
    const [first, second, third] = json.results as AttemptView[];
    expect(first).toMatchObject({
      attempt: 1,
      outcome: "failed",
      lane: "fresh",
      status: 503,
      error_code: null,
      message: "The target answered 503",
      response_body: "out for lunch",
    });
    expect(second).toMatchObject({
      attempt: 2,
      outcome: "failed",
      lane: "retry",
      status: null,
      error_code: "ETIMEDOUT",
      message: expect.stringContaining("did not answer in time") as string,
      response_body: null,
    });
    expect(second?.latency_ms).toBeGreaterThanOrEqual(500);
    expect(third).toMatchObject({ attempt: 3, outcome: "delivered", lane: "retry", status: 200, message: null });
    expect(receiver.batches.map(({ batchId }) => batchId)).toEqual(Array(3).fill(failed?.id));
  });

  test("while a webhook is paused or inactive a retry is refused with what to do", async () => {
    const id = await create();
    await send(2);
    const [row] = await list(id);
    await act(`${id}/pause`);
    for (const path of [`${id}/retry`, `${id}/batches/${row?.id}/retry`]) {
      const { status, json } = await act(path);
      expect([status, json.errors]).toEqual([400, [{ message: expect.stringMatching(/paused.*resume it first/) }]]);
    }
    await api.request("PUT", `/api/v1/webhooks/${id}`, { json: { active: false } });
    for (const path of [`${id}/retry`, `${id}/batches/${row?.id}/retry`]) {
      const { status, json } = await act(path);
      expect([status, json.errors]).toEqual([400, [{ message: expect.stringMatching(/inactive.*active true/) }]]);
    }
  });
});

describe("discard", () => {
  test("one batch, then all that waits; the open batch stays", async () => {
    const id = await create();
    await send(9);
    const [, , third] = await list(id);
    expect((await act(`${id}/batches/${third?.id}/discard`)).json.results).toMatchObject({
      batches: 1,
      batch: { id: third?.id, state: "discarded", ended_at: expect.stringMatching(ISO) as string },
    });
    expect((await act(`${id}/discard`)).json).toEqual({ results: { batches: 3 } });
    expect((await list(id)).map(({ state }) => state)).toEqual(["open", ...Array(4).fill("discarded")]);
    expect((await act(`${id}/discard`)).json).toEqual({ results: { batches: 0 } });
    worker = await startWorker(url);
    await send(1, 9);
    await whenListed(id, "?state=delivered", 1);
    expect(receiver.batches.map(({ events }) => events)).toEqual([[event(8), event(9)]]);
  });
});

describe("states that do not allow it", () => {
  test("an open batch can only be waited for", async () => {
    const id = await create();
    await send(1);
    const [open] = await list(id);
    for (const action of ["retry", "discard", "pause", "resume"]) {
      const { status, json } = await act(`${id}/batches/${open?.id}/${action}`);
      expect([status, json.errors]).toEqual([400, [{ message: expect.stringMatching(/open.*wait/) }]]);
    }
  });

  test("a batch in flight is neither retried nor discarded, but may be paused for when it fails", async () => {
    receiver.answerWith(["hang"]);
    worker = await startWorker(url);
    const id = await create();
    await send(2);
    const [row] = await whenListed(id, "?state=in_flight", 1);
    for (const action of ["retry", "discard"]) {
      const { status, json } = await act(`${id}/batches/${row?.id}/${action}`);
      expect([status, json.errors]).toEqual([400, [{ message: expect.stringMatching(/in flight.*wait/) }]]);
    }
    expect((await act(`${id}/discard`)).json).toEqual({ results: { batches: 0 } });
    expect((await act(`${id}/batches/${row?.id}/pause`)).status).toBe(200);
    expect(await whenListed(id, "?state=paused", 1)).toMatchObject([{ id: row?.id, failed_attempts: 1 }]);
  });

  test("what is delivered can only be looked at", async () => {
    worker = await startWorker(url);
    const id = await create();
    await send(2);
    const [row] = await whenListed(id, "?state=delivered", 1);
    expect(row).toMatchObject({ attempts: 1, last_attempt: { status: 200, message: null } });
    for (const action of ["retry", "discard", "pause", "resume"]) {
      const { status, json } = await act(`${id}/batches/${row?.id}/${action}`);
      expect([status, json.errors]).toEqual([400, [{ message: expect.stringMatching(/gone.*delivered/) }]]);
    }
    const { json } = await act(`${id}/batches/${row?.id}/attempts`, "GET");
    expect(json.results).toEqual([expect.objectContaining({ outcome: "delivered", lane: "fresh", status: 200 })]);
  });
});

describe("bodies and callers", () => {
  test("whatever a body says is ignored, unless it is too large", async () => {
    const id = await create();
    const [path, headers] = [`/api/v1/webhooks/${id}/pause`, { "content-type": "text/plain" }];
    expect((await api.request("POST", path, { body: "{not json", headers })).status).toBe(200);
    expect((await api.request("POST", path, { body: Buffer.alloc(1024 * 1024 + 1, 0x20), headers })).status).toBe(413);
  });

  test("another subaccount's webhook is not there", async () => {
    const id = await create({}, { "X-MSYS-SUBACCOUNT": "7" });
    await send(2);
    for (const [method, path] of [
      ["GET", "batches"],
      ["POST", "pause"],
      ["POST", "discard"],
    ] as const) {
      const call = (subaccount: string): Promise<ApiAnswer> =>
        api.request(method, `/api/v1/webhooks/${id}/${path}`, { headers: { "X-MSYS-SUBACCOUNT": subaccount } });
      expect((await call("8")).status).toBe(404);
      expect((await call("7")).status).toBe(200);
    }
  });

  test("a key that may only look sees batches and changes none", async () => {
    const id = await create();
    const made = await api.request("POST", "/api/v1/api-keys", { json: { label: "view", grants: ["webhooks/view"] } });
    const headers = { authorization: (made.json.results as { key: string }).key };
    expect((await api.request("GET", `/api/v1/webhooks/${id}/batches`, { headers })).status).toBe(200);
    expect((await api.request("GET", "/api/v1/stats", { headers })).status).toBe(200);
    for (const action of ["pause", "resume", "retry", "discard"]) {
      expect((await api.request("POST", `/api/v1/webhooks/${id}/${action}`, { headers })).status).toBe(403);
    }
  });
});

test("a rate limit spaces a webhook's attempts, and no other's", async () => {
  await create({ rate_limit: 240, concurrency: 4 });
  const other = await startReceiver();
  try {
    await create({ target: other.url, concurrency: 1 });
    await send(10);
    worker = await startWorker(url);
    await waitFor("all batches", () => receiver.batches.length === 5 && other.batches.length === 5);
    const times = receiver.batches.map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    // 250 ms from start to start; how long it takes from there to the target differs a little.
    expect(Math.min(...gaps)).toBeGreaterThan(200);
    expect(times.at(-1)! - times[0]!).toBeLessThan(4_000);
  } finally {
    await other.close();
  }
});
