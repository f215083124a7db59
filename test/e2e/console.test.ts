import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { signIn } from "../console/sign-in.ts";
import { axeFindings, overflowOf, watchPage } from "../console/watch-page.ts";
import type { PageWatch } from "../console/watch-page.ts";
import { launchChromium } from "../support/chromium.ts";
import { startReceiver } from "../support/receiver.ts";
import type { Receiver } from "../support/receiver.ts";
import { event, freshDatabase, startStack } from "../support/stack.ts";
import type { Stack } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

/** A person waits as long, on a machine that runs all of it at once. */
const PATIENCE_MS = 20_000;

let browser: Browser;
let stack: Stack;
let receiver: Receiver;
beforeAll(async () => {
  [browser, receiver] = await Promise.all([launchChromium(), startReceiver()]);
  stack = await startStack({
    redisUrl: await freshDatabase(),
    workers: 2,
    env: { BATCH_MAX_EVENTS: "10", BATCH_MAX_WAIT: "1s", API_RATE_LIMIT: "0", QUEUE_BOARD: "true" },
  });
  // The browser may have to be downloaded first.
}, 300_000);
afterAll(async () => {
  await browser.close();
  await stack.stop();
  await receiver.close();
});

let context: BrowserContext;
let page: Page;
let watch: PageWatch;
beforeEach(async () => {
  context = await browser.newContext({ baseURL: stack.url, viewport: { width: 1_280, height: 900 } });
  context.setDefaultTimeout(PATIENCE_MS);
  page = await context.newPage();
  watch = watchPage(page, stack.url);
});
afterEach(async () => {
  await context.close();
  const { body } = await stack.call("GET", "/api/v1/webhooks");
  for (const { id } of body["results"] as { id: string }[]) await stack.call("DELETE", `/api/v1/webhooks/${id}`);
  receiver.answerWith([]);
  receiver.answerTestsWith({ status: 200 });
});

async function open(path = "/", key = stack.apiKey): Promise<void> {
  await page.goto(path);
  await signIn(page, key);
}

const main = () => page.getByRole("main");
const tile = (name: string) =>
  main().getByRole("term").filter({ hasText: name }).locator("xpath=following-sibling::*[1]");

test("a webhook's whole life: refused, created, watched, broken, failing, repaired, drained, steered by hand, deleted", async () => {
  // Who has no key does not come in, and hears why.
  await page.goto("/webhooks");
  await page.getByLabel("API key").fill("not a key");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("admits no such key").waitFor();
  await signIn(page, stack.apiKey);

  // Nothing is there yet, and the page says what to do next.
  await main().getByRole("link", { name: "New webhook" }).first().click();
  await page.getByRole("textbox", { name: "Name", exact: true }).first().fill("CRM");
  await page.getByRole("textbox", { name: "Target URL" }).fill("nonsense");
  await main().getByText(/URL/).filter({ hasText: /http/ }).first().waitFor();
  await page.getByRole("textbox", { name: "Target URL" }).fill(receiver.url);
  await page.getByLabel("Authentication token (optional)").first().fill("t0ken-of-the-crm");

  // What will be sent is shown before anything is.
  const preview = main().getByRole("region", { name: "What will be sent" });
  await preview.getByText("X-MessageSystems-Webhook-Token").waitFor();
  expect(await preview.innerText()).toContain("t0ken-of-the-crm");
  expect(receiver.tests).toEqual([]);

  // The target refuses its test POST: its own words are shown, and nothing is created.
  receiver.answerTestsWith({ status: 500, body: "the CRM is asleep" });
  await page.getByRole("button", { name: "Create webhook" }).click();
  await main().getByText("the CRM is asleep").waitFor();
  expect(await main().innerText()).toContain("500");
  expect((await stack.call("GET", "/api/v1/webhooks")).body["results"]).toEqual([]);

  receiver.answerTestsWith({ status: 200 });
  await page.getByRole("button", { name: "Create webhook" }).click();
  await main().getByRole("heading", { name: "CRM", level: 1 }).waitFor();
  await main().getByText("Pending", { exact: true }).first().waitFor();
  expect(receiver.tests.at(-1)?.token).toBe("t0ken-of-the-crm");

  // Traffic moves the numbers without reloading.
  await stack.send(Array.from({ length: 50 }, (_, n) => event(n)));
  await main().getByText("OK", { exact: true }).first().waitFor();
  await waitFor(
    "five delivered batches in the hour",
    async () => /\b50\b/.test(await tile("Events in").innerText()),
    PATIENCE_MS,
  );

  // The target breaks.
  receiver.answerWith(() => ({ status: 503, body: "stock-taking" }));
  await stack.send(Array.from({ length: 60 }, (_, n) => event(100 + n)));
  await main().getByText("Failing now", { exact: true }).first().waitFor();
  await waitFor("six waiting batches", async () => /^6\b/.test(await tile("Waiting batches").innerText()), PATIENCE_MS);

  // One batch's attempts tell why, with the target's own words.
  await main()
    .getByRole("row")
    .filter({ hasText: "503" })
    .first()
    .getByRole("button", { name: /^Attempts of batch/ })
    .click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("stock-taking").first().waitFor();
  expect(await drawer.innerText()).toContain("503");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });

  // One is discarded by hand, after a question; one is tried by hand, and refused again.
  await main()
    .getByRole("button", { name: /^Discard batch/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard", exact: true }).click();
  await waitFor(
    "five waiting batches",
    async () => /^5\b/.test(await tile("Waiting batches").innerText()),
    PATIENCE_MS,
  );
  const tried = receiver.batches.length;
  await main()
    .getByRole("button", { name: /^Retry batch/ })
    .first()
    .click();
  await waitFor("another attempt", () => receiver.batches.length > tried, PATIENCE_MS);

  // The target is repaired, and all that waits goes out.
  receiver.answerWith([]);
  await main().getByRole("button", { name: "Retry all" }).click();
  await waitFor("a drained back-log", async () => /^0\b/.test(await tile("Waiting batches").innerText()), PATIENCE_MS);
  // What failed within a day stays to be seen, as in the original.
  await main().getByText("Failed", { exact: true }).first().waitFor();
  expect(await main().getByText("Failing now", { exact: true }).count()).toBe(0);

  // Paused, it keeps what comes; resumed, it sends it.
  await main().getByRole("button", { name: "Pause", exact: true }).click();
  await main().getByText("Paused", { exact: true }).first().waitFor();
  const before = receiver.batches.length;
  await stack.send(Array.from({ length: 10 }, (_, n) => event(200 + n)));
  await waitFor(
    "a batch that is kept",
    async () => /^1\b/.test(await tile("Waiting batches").innerText()),
    PATIENCE_MS,
  );
  expect(receiver.batches.length).toBe(before);
  await main().getByRole("button", { name: "Resume", exact: true }).click();
  await waitFor("the batch", () => receiver.batches.length > before, PATIENCE_MS);

  // Deleted, after a question, it is gone.
  await main().getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.waitForURL("**/webhooks");
  await waitFor(
    "no webhook",
    async () => ((await stack.call("GET", "/api/v1/webhooks")).body["results"] as unknown[]).length === 0,
  );
  // The refused test POST; the deleted webhook, asked for once more.
  expect(watch.complaints.filter((text) => !/status of (?:400|404)/.test(text))).toEqual([]);
}, 180_000);

test("a second click makes no second webhook; what is opened while Posthorn is away comes when it is back, and what is saved says so", async () => {
  await open("/webhooks/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).first().fill("CRM");
  await page.getByRole("textbox", { name: "Target URL" }).fill(receiver.url);
  const tests = receiver.tests.length;
  // The second click comes after the answer to the first, and before the next page.
  let release = (): void => undefined;
  const isClicked = new Promise<void>((resolve) => (release = resolve));
  await page.route(/assets\/webhook-page/, (route) => isClicked.then(() => route.continue()));
  const create = page.getByRole("button", { name: "Create webhook" });
  const created = page.waitForResponse(
    (response) => response.request().method() === "POST" && response.url().endsWith("/webhooks"),
  );
  await create.click();
  await created;
  await main().getByText("Saved.").waitFor();
  await create.click({ force: true });
  release();
  await main().getByRole("heading", { name: "CRM", level: 1 }).waitFor();
  const { body } = await stack.call("GET", "/api/v1/webhooks");
  expect((body["results"] as { name: string }[]).map(({ name }) => name)).toEqual(["CRM"]);
  expect(receiver.tests.length).toBe(tests + 1);

  await main().getByRole("link", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).first().fill("CRM 2");
  await stack.api.kill("SIGKILL");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await main().getByText("most likely nothing was done").waitFor();
  expect(await main().getByText("to mend first").count()).toBe(0);
  await page.getByRole("link", { name: "API keys" }).click();
  await page.getByRole("button", { name: "Leave" }).click();
  await main().getByText("Posthorn does not answer.").waitFor();
  await stack.api.start();
  await main().getByRole("heading", { name: "API keys", level: 1 }).waitFor();
  await main().getByRole("button", { name: "New API key" }).first().waitFor();
}, 90_000);

test("an edit sends only what was changed, and secrets stay hidden", async () => {
  const id = await stack.createWebhook(receiver.url, {
    name: "CRM",
    auth_token: "t0ken",
    custom_headers: { "X-Team": "crm" },
  });
  await open(`/webhooks/${id}/edit`);
  await page.getByRole("textbox", { name: "Name", exact: true }).first().waitFor();
  expect(await page.content()).not.toContain("t0ken");
  await page.getByRole("textbox", { name: "Name", exact: true }).first().fill("CRM 2");
  const put = page.waitForRequest((request) => request.method() === "PUT");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  expect((await put).postDataJSON()).toEqual({ name: "CRM 2" });
  await main().getByRole("heading", { name: "CRM 2", level: 1 }).waitFor();
  await stack.send(Array.from({ length: 10 }, (_, n) => event(n)));
  await waitFor("a batch", () => receiver.batches.at(-1)?.token === "t0ken", PATIENCE_MS);
  expect(receiver.batches.at(-1)?.headers["x-team"]).toBe("crm");
}, 90_000);

test("a test shows the exact request and the exact answer", async () => {
  const id = await stack.createWebhook(receiver.url, { name: "CRM", auth_token: "t0ken" });
  await open(`/webhooks/${id}/test`);
  const request = main().getByRole("region", { name: "Request", exact: true });
  await request.getByText("X-MessageSystems-Webhook-Token").waitFor();
  const shownLength = request
    .getByRole("term")
    .filter({ hasText: "Content-Length" })
    .locator("xpath=following-sibling::*[1]");
  // Until the samples are there, the message is an empty list.
  const length = await waitFor("a message", async () => {
    const bytes = Number(await shownLength.innerText());
    return bytes > 2 && bytes;
  });
  receiver.answerWith([{ status: 422, body: "no such recipient" }]);
  const seen = receiver.batches.length + receiver.tests.length;
  await page.getByRole("button", { name: "Send to the target" }).click();
  await main().getByRole("region", { name: "Answer" }).getByText("no such recipient").waitFor();
  const sent = [...receiver.batches, ...receiver.tests];
  expect(sent.length).toBe(seen + 1);
  expect(sent.map(({ body }) => body.length)).toContain(length);
}, 90_000);

test("a key that may only look is shown no button that would fail, and no page that it may not see", async () => {
  const id = await stack.createWebhook(receiver.url, { name: "CRM" });
  const made = await stack.call("POST", "/api/v1/api-keys", { label: "looking", grants: ["webhooks/view"] });
  const { key } = made.body["results"] as { key: string };
  await open("/webhooks", key);
  await main().getByRole("link", { name: "CRM" }).click();
  await main().getByRole("heading", { name: "CRM", level: 1 }).waitFor();
  for (const name of ["Pause", "Delete", "Edit", "Test", "Retry all", "Discard all"]) {
    expect([name, await main().getByRole("button", { name, exact: true }).count()]).toEqual([name, 0]);
    expect([name, await main().getByRole("link", { name, exact: true }).count()]).toEqual([name, 0]);
  }
  await page.goto("/webhooks");
  await main().getByRole("link", { name: "CRM" }).waitFor();
  expect(await page.getByRole("link", { name: "New webhook" }).count()).toBe(0);
  expect(await page.getByRole("link", { name: "API keys" }).count()).toBe(0);
  expect(await page.getByRole("link", { name: /^Queues/ }).count()).toBe(0);
  for (const path of ["/webhooks/new", `/webhooks/${id}/edit`, "/api-keys"]) {
    await page.goto(path);
    await main().getByRole("heading").first().waitFor();
    expect(await main().getByRole("textbox").count()).toBe(0);
  }
  expect(watch.complaints.filter((text) => !text.includes("status of 403"))).toEqual([]);
}, 90_000);

test("an administrator gets to the queues", async () => {
  // In a Cluster its partition is any of sixteen.
  await stack.createWebhook(receiver.url);
  await open("/");
  const [queues] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("link", { name: /^Queues/ }).click(),
  ]);
  await queues
    .getByText(/fresh, partition \d+/)
    .first()
    .waitFor();
}, 60_000);

test("a key is made, shown once, used to sign in, and revoked, which ends its sessions", async () => {
  await open("/api-keys");
  await page.getByRole("button", { name: "New API key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: /Label/ }).fill("dashboard");
  await dialog.getByRole("checkbox", { name: /webhooks\/view/ }).check();
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const text = await waitFor(
    "the key",
    async () => /ph_[0-9a-f]{12}_[\w-]{32}/.exec(await dialog.innerText())?.[0],
    PATIENCE_MS,
  );
  const other = await browser.newContext({ baseURL: stack.url });
  const visitor = await other.newPage();
  await visitor.goto("/");
  await signIn(visitor, text);
  await dialog
    .getByRole("button", { name: /Done|Close|stored/ })
    .first()
    .click();
  await main().getByRole("button", { name: "Revoke dashboard" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Revoke/ })
    .click();
  await visitor
    .getByRole("dialog")
    .or(visitor.getByRole("heading", { name: "Sign in" }))
    .first()
    .waitFor({ timeout: PATIENCE_MS });
  await other.close();
}, 90_000);

test("signing out ends the session, and going back shows nothing", async () => {
  await stack.createWebhook(receiver.url, { name: "Secret project" });
  await open("/webhooks");
  await main().getByRole("link", { name: "Secret project" }).waitFor();
  await page
    .getByRole("button", { name: /^Signed in with/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await page.content()).not.toContain("Secret project");
}, 60_000);

test("tabs of one browser follow each other's session: a change is done under the new one, and nothing of another key stays", async () => {
  const id = await stack.createWebhook(receiver.url, { name: "Of everybody" });
  await stack.createWebhook(receiver.url, { name: "Of customer 7", subaccount_id: 7 });
  const { body } = await stack.call("POST", "/api/v1/api-keys", {
    label: "customer 7",
    grants: ["webhooks/modify"],
    subaccount_id: 7,
  });
  const { key } = body["results"] as { key: string };
  await open(`/webhooks/${id}`);
  await main().getByRole("heading", { name: "Of everybody", level: 1 }).waitFor();

  // The session is another one, and no tab has told this one: as with a browser that cannot.
  const again = await context.request.post("/api/v1/session", { data: { api_key: stack.apiKey } });
  expect(again.status()).toBe(200);
  await main().getByRole("button", { name: "Pause", exact: true }).click();
  await main().getByText("Paused", { exact: true }).first().waitFor();

  // Out and in with another key in another tab.
  await page.goto("/webhooks");
  await main().getByRole("link", { name: "Of everybody" }).waitFor();
  const other = await context.newPage();
  await other.goto("/");
  await other
    .getByRole("button", { name: /^Signed in with/ })
    .first()
    .click();
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByRole("dialog").getByText("Your session has ended").waitFor();
  await signIn(other, key);
  await page.getByText("Signed in with another key").waitFor();
  await main().getByRole("link", { name: "Of customer 7" }).waitFor();
  expect(await page.content()).not.toContain("Of everybody");

  // What was meant under one key is not done for another subaccount.
  await page.goto("/webhooks/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).first().fill("For customer 7");
  await page.getByRole("textbox", { name: "Target URL" }).fill(receiver.url);
  await context.request.post("/api/v1/session", { data: { api_key: stack.apiKey } });
  await page.getByRole("button", { name: "Create webhook" }).click();
  await page.getByText("Signed in with another key").waitFor();
  const { body: all } = await stack.call("GET", "/api/v1/webhooks");
  expect((all["results"] as { name: string }[]).map(({ name }) => name).toSorted()).toEqual([
    "Of customer 7",
    "Of everybody",
  ]);
}, 90_000);

test("hundreds of webhooks stay findable: search, filter and sort, kept in the address", async () => {
  for (let n = 0; n < 300; n += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        stack.createWebhook(receiver.url, {
          name: `Customer-${String(n + index).padStart(3, "0")}`,
          subaccount_id: n + index + 1,
          paused: (n + index) % 100 === 7,
        }),
      ),
    );
  }
  await open("/webhooks");
  await main().getByRole("link", { name: "Customer-000" }).waitFor();
  expect(await main().getByRole("row").count()).toBeLessThan(110);
  await main().getByRole("searchbox").fill("customer-29");
  await main().getByRole("link", { name: "Customer-299" }).waitFor();
  expect(
    await main()
      .getByRole("link", { name: /^Customer-\d/ })
      .count(),
  ).toBe(10);
  await main().getByRole("searchbox").fill("");
  await main().getByRole("combobox", { name: "Status" }).selectOption({ label: "Paused (3)" });
  await main().getByRole("link", { name: "Customer-207" }).waitFor();
  expect(
    await main()
      .getByRole("link", { name: /^Customer-\d/ })
      .count(),
  ).toBe(3);
  await page.reload();
  await main().getByRole("link", { name: "Customer-207" }).waitFor();
  expect(
    await main()
      .getByRole("link", { name: /^Customer-\d/ })
      .count(),
  ).toBe(3);
  await page.goto("/webhooks");
  await main().getByRole("button", { name: "Webhook", exact: true }).click();
  await main().getByRole("link", { name: "Customer-299" }).waitFor();

  // Those on the page are followed closely, without asking about all of them each time.
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === "/api/v1/stats") asked.push(searchParams.get("webhooks") ?? "all");
  });
  await page.goto("/webhooks?q=customer-299");
  const row = main().getByRole("row").filter({ hasText: "Customer-299" });
  await row.getByText("Pending", { exact: true }).waitFor();
  const { body } = await stack.call("GET", "/api/v1/webhooks");
  const { id } = (body["results"] as { id: string; name: string }[]).find(({ name }) => name === "Customer-299")!;
  await waitFor("the row being followed", () => asked.filter((ids) => ids === id).length >= 2, PATIENCE_MS);
  await stack.call("POST", `/api/v1/webhooks/${id}/pause`);
  // Before all of them are asked about the next time.
  await row.getByText("Paused", { exact: true }).waitFor({ timeout: 8_000 });
  await main().getByRole("combobox", { name: "Status" }).selectOption({ label: "Paused (1)" });
  await row.waitFor();
  expect(asked.filter((ids) => ids === "all").length).toBeLessThan(asked.length / 2);
}, 120_000);

test("every page can be used by people with screen readers and weak eyes, in light and dark, and fits a phone", async () => {
  const id = await stack.createWebhook(receiver.url, { name: "CRM", signing: { enabled: true } });
  await stack.createWebhook(receiver.url, { name: "A name that is as long as names may be ".repeat(3), paused: true });
  await stack.send(Array.from({ length: 20 }, (_, n) => event(n)));
  const paths = [
    "/",
    "/webhooks",
    `/webhooks/${id}`,
    "/webhooks/new",
    `/webhooks/${id}/edit`,
    `/webhooks/${id}/test`,
    "/api-keys",
    "/catalogue",
    "/nothing",
  ];
  const findings: string[] = [];
  // Either scheme at either width: what is wrong with one of them shows at one of the two.
  for (const { colorScheme, width } of [
    { colorScheme: "light", width: 1_280 },
    { colorScheme: "dark", width: 360 },
  ] as const) {
    const own = await browser.newContext({
      baseURL: stack.url,
      viewport: { width, height: 800 },
      colorScheme,
      // What fades in has another contrast on its way.
      reducedMotion: "reduce",
    });
    const visit = await own.newPage();
    const { complaints } = watchPage(visit, stack.url);
    const name = (path: string): string => `${path} ${colorScheme} ${width}`;
    const look = async (path: string): Promise<void> => {
      await waitFor("all that is loaded", async () => (await visit.locator(".mantine-Skeleton-root").count()) === 0);
      findings.push(...(await axeFindings(visit)).map((text) => `${name(path)}: ${text}`));
      const overflow = await overflowOf(visit);
      if (overflow > 0) findings.push(`${name(path)}: ${overflow} px wider than the window`);
    };
    await visit.goto("/");
    await visit.getByLabel("API key").waitFor();
    await look("sign-in");
    await signIn(visit, stack.apiKey);
    for (const path of paths) {
      await visit.goto(path);
      await visit.getByRole("main").getByRole("heading").first().waitFor();
      await look(path);
    }
    findings.push(...complaints.map((text) => `${name("")}: ${text}`));
    await own.close();
  }
  expect(findings).toEqual([]);
}, 240_000);

test("everything can be reached by keyboard, beginning with a way past the navigation", async () => {
  await page.goto("/");
  await page.getByLabel("API key").waitFor();
  await page.keyboard.type(stack.apiKey);
  await page.keyboard.press("Enter");
  await main().getByRole("heading", { name: "Overview" }).waitFor();
  await page.reload();
  await main().getByRole("heading", { name: "Overview" }).waitFor();
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toMatch(/skip/i);
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.tagName + document.activeElement.id")).toMatch(/main/i);
}, 60_000);

test("the first load is small, and nothing is fetched from anywhere else", async () => {
  const sizes: Record<string, number> = {};
  page.on("response", (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith("/api/")) return;
    void response.body().then((body) => (sizes[path] = gzipSync(body).length));
  });
  await page.goto("/");
  await page.getByLabel("API key").waitFor();
  await waitFor("all files", () => Object.keys(sizes).length > 2, PATIENCE_MS);
  await page.waitForLoadState("networkidle");
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  expect(total).toBeLessThan(300_000);
  expect(watch.complaints).toEqual([]);
}, 60_000);
