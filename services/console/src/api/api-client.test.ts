import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { SessionView } from "@posthorn/api/views";
import { mayRepeat } from "../session/may-repeat.ts";
import { createApiClient } from "./api-client.ts";
import type { ApiClient } from "./api-client.ts";
import type { CallKind } from "./patience.ts";

const sessionOf = (subaccountId: number | null, token: string): SessionView => ({
  key: token,
  label: null,
  grants: ["admin"],
  subaccount_id: subaccountId,
  csrf_token: token,
  expires_at: null,
  version: "1",
  queue_board: false,
});

/** The session of the cookie: another tab may have changed it. */
let current: SessionView;
/** What the page believes it is. */
let known: SessionView;
/** The changes that were taken. */
let taken: string[];
/** Answers to calls of a path wait for this. */
let holds: Map<string, Promise<void>>;
let server: Server;
const browserFetch = globalThis.fetch;
beforeEach(async () => {
  taken = [];
  holds = new Map();
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const isTaken = request.headers["x-posthorn-csrf"] === current.csrf_token;
    if (isTaken) taken.push(path);
    const errors = [{ message: "Another session", param: "X-Posthorn-CSRF" }];
    void (holds.get(path) ?? Promise.resolve()).then(() =>
      response.writeHead(isTaken ? 200 : 403).end(JSON.stringify(isTaken ? { results: {} } : { errors })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  // A browser takes paths for those of the page's own origin.
  globalThis.fetch = (path, init) => browserFetch(`http://127.0.0.1:${port}${path as string}`, init);
});
afterEach(() => {
  globalThis.fetch = browserFetch;
  server.closeAllConnections();
  server.close();
});

const client = (patience: (kind: CallKind) => number): ApiClient =>
  createApiClient({
    session: () => known,
    renewSession: (sentUnder) => {
      known = current;
      return Promise.resolve(mayRepeat(sentUnder, known) ? known : null);
    },
    onSignedOut: () => undefined,
    onTime: () => undefined,
    patience,
  });
const PATIENT = client(() => 20_000);

const create = (): Promise<unknown> => PATIENT.request({ method: "POST", path: "/webhooks", body: {} });

test("a change that was refused for its session is made under the new one of the same subaccount", async () => {
  known = sessionOf(7, "old");
  current = sessionOf(7, "new");
  await create();
  expect(taken).toEqual(["/api/v1/webhooks"]);
});

test("a change meant for one subaccount is not repeated for another, also when the page knows of that one by then", async () => {
  known = sessionOf(7, "old");
  current = sessionOf(null, "new");
  let release = (): void => undefined;
  holds.set("/api/v1/webhooks", new Promise((resolve) => (release = resolve)));
  const created = create();
  await expect(PATIENT.request({ method: "POST", path: "/webhooks/check", body: {} })).rejects.toThrow(
    "Another session",
  );
  expect(known).toBe(current);
  release();
  await expect(created).rejects.toThrow("Another session");
  expect(taken).toEqual([]);
});

test("an API that hangs is noticed, sooner where no target is asked, and a call that is given up is no failure of it", async () => {
  const api = client((kind) => (kind === "target" ? 20_000 : 200));
  known = current = sessionOf(null, "one");
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  for (const path of ["/webhooks", "/webhooks/w/pause", "/stats"]) holds.set(`/api/v1${path}`, held);
  const created = api.request({ method: "POST", kind: "target", path: "/webhooks", body: {} });
  await expect(api.request({ method: "POST", path: "/webhooks/w/pause" })).rejects.toThrow("did not answer in time");
  await expect(api.request({ path: "/stats" })).rejects.toMatchObject({ status: 0, isLate: true });
  const leaving = new AbortController();
  const left = api.request({ path: "/stats", signal: leaving.signal });
  leaving.abort();
  await expect(left).rejects.toMatchObject({ name: "AbortError" });
  release();
  await expect(created).resolves.toEqual({ results: {} });
});
