import type { Page } from "playwright-core";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { launchChromium } from "../../../test/support/chromium.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { event, freshDatabase } from "../../../test/support/stack.ts";
import type { SessionView } from "./session/session-view.ts";

const BOARD = "/admin/queues";

let api: TestApi;
let url: string;

async function start(env: Record<string, string> = { QUEUE_BOARD: "true" }): Promise<void> {
  url = await freshDatabase();
  api = await startApi(url, env);
}
afterEach(() => api.stop());

const get = (path: string, headers: Record<string, string>, method = "GET"): Promise<Response> =>
  fetch(`${api.url}${path}`, { method, headers, redirect: "manual" });

async function keyWith(grant: string): Promise<string> {
  const json = { label: "test", grants: [grant] };
  const made = await api.request("POST", "/api/v1/api-keys", { json });
  return (made.json.results as { key: string }).key;
}

async function signIn(): Promise<string> {
  const response = await fetch(`${api.url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ api_key: api.apiKey }),
  });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function isOffered(headers: Record<string, string>): Promise<boolean> {
  const { json } = await api.request("GET", "/api/v1/session", { headers });
  return (json.results as SessionView).queue_board;
}

/** A job for each of two batches, which nobody takes. */
async function makeJobs(): Promise<void> {
  const receiver = await startReceiver();
  const json = { name: "test", target: receiver.url, events: ["delivery"] };
  await api.request("POST", "/api/v1/webhooks", { json });
  for (let n = 0; n < 2; n++) await api.request("POST", "/api/v1/events", { json: [event(n)] });
  await receiver.close();
}

test("the queues are shown to administrators only, by key or by session, and only where that is wanted", async () => {
  await start();
  const admin = { authorization: api.apiKey };
  for (const path of [BOARD, `${BOARD}/`, `${BOARD}/api/queues`, `${BOARD}/static/favicon-32x32.png`]) {
    expect((await get(path, {})).status).toBe(401);
    expect((await get(path, { authorization: await keyWith("webhooks/modify") })).status).toBe(403);
    const shown = await get(path, admin);
    expect([path, shown.status]).toEqual([path, 200]);
    expect(shown.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(shown.headers.get("x-powered-by")).toBeNull();
  }
  expect((await get(`${BOARD}/api/queues`, { authorization: await keyWith("admin") })).status).toBe(200);
  expect((await get(`${BOARD}/api/queues`, { cookie: await signIn() })).status).toBe(200);
  // As the console is told, which has a link then.
  expect([await isOffered(admin), await isOffered({ authorization: await keyWith("webhooks/modify") })]).toEqual([
    true,
    false,
  ]);
  await api.stop();
  await start({});
  expect((await get(`${BOARD}/api/queues`, { authorization: api.apiKey })).status).toBe(404);
  expect(await isOffered({ authorization: api.apiKey })).toBe(false);
});

test("jobs can be looked at and nothing can be changed", async () => {
  await start({ QUEUE_BOARD: "true", BATCH_MAX_EVENTS: "1", PARTITIONS: "1" });
  await makeJobs();
  const headers = { authorization: api.apiKey };
  const answer = await get(`${BOARD}/api/queues?activeQueue=p0-fresh&status=waiting&page=1`, headers);
  const { queues } = (await answer.json()) as {
    readonly queues: readonly {
      readonly name: string;
      readonly readOnlyMode: boolean;
      readonly jobs: readonly { readonly id: string; readonly data: object }[];
    }[];
  };
  expect(queues.map(({ name }) => name)).toEqual(["p0-fresh", "p0-retry"]);
  expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
  const [fresh] = queues;
  expect(fresh?.jobs).toHaveLength(2);
  // Ids, and nothing of an event.
  for (const { data } of fresh?.jobs ?? []) expect(Object.keys(data).toSorted()).toEqual(["b", "h", "n", "w"]);
  const job = `${BOARD}/api/queues/p0-fresh/${fresh?.jobs[0]?.id}`;
  for (const [method, path] of [
    ["PUT", `${BOARD}/api/queues/p0-fresh/pause`],
    ["PUT", `${job}/clean`],
    ["PUT", `${BOARD}/api/queues/p0-fresh/empty`],
    ["POST", `${BOARD}/api/queues/p0-fresh/add`],
    ["PUT", `${BOARD}/api/queues/pause`],
  ] as const) {
    const refused = await get(path, headers, method);
    expect([method, path, refused.status, refused.headers.get("allow")]).toEqual([method, path, 405, "GET, HEAD"]);
  }
  const after = (await (await get(`${BOARD}/api/queues?activeQueue=p0-fresh&page=1`, headers)).json()) as {
    readonly queues: readonly { readonly counts: { readonly waiting: number }; readonly isPaused: boolean }[];
  };
  expect(after.queues[0]).toMatchObject({ counts: { waiting: 2 }, isPaused: false });
});

test("a browser with the console's session shows the queues, and loads nothing from elsewhere", async () => {
  await start({ QUEUE_BOARD: "true", BATCH_MAX_EVENTS: "1", PARTITIONS: "1" });
  await makeJobs();
  const [name = "", value = ""] = (await signIn()).split("=");
  const browser = await launchChromium();
  try {
    const context = await browser.newContext();
    await context.addCookies([{ name, value, url: api.url }]);
    const page = await context.newPage();
    const answered: string[] = [];
    const errors: string[] = [];
    page.on("response", (response) => answered.push(response.url()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${api.url}${BOARD}`);
    await page.getByText("fresh, partition 0").first().waitFor();
    await showJobs(page);
    expect(errors).toEqual([]);
    expect(answered.filter((address) => !address.startsWith(api.url))).toEqual([]);
    if (process.env["TEST_SCREENSHOT"] !== undefined) await page.screenshot({ path: process.env["TEST_SCREENSHOT"] });
  } finally {
    await browser.close();
  }
}, 60_000);

async function showJobs(page: Page): Promise<void> {
  await page.goto(`${api.url}${BOARD}/queue/p0-fresh?status=waiting`);
  await page.getByText("attempt").first().waitFor();
}
