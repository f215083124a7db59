import { QueryClient } from "@tanstack/react-query";
import type { SessionView } from "@posthorn/api/views";
import { queryKeys } from "../api/query-keys.ts";
import { followKey } from "./follow-key.ts";

const session = (key: string): SessionView => ({
  key,
  label: key,
  grants: ["admin"],
  subaccount_id: null,
  csrf_token: "token",
  expires_at: null,
  version: "1",
  queue_board: false,
});

let client: QueryClient;
let told: string[];
beforeEach(() => {
  client = new QueryClient();
  told = [];
  followKey(client, ({ key }) => told.push(key));
});
afterEach(() => client.clear());

const find = (found: SessionView | null): Promise<unknown> =>
  client.fetchQuery({ queryKey: queryKeys.session, queryFn: () => found, staleTime: 0 });
const seen = (): unknown => client.getQueryData(queryKeys.webhooks);

test("what was fetched under one key is gone in the moment in which the session is another one's", async () => {
  await find(session("a"));
  client.setQueryData(queryKeys.webhooks, ["of a"]);
  await find(session("b"));
  expect(seen()).toBeUndefined();
  expect(client.getQueryData<SessionView>(queryKeys.session)?.key).toBe("b");
  expect(told).toEqual(["b"]);
});

test("who signs in again with the same key finds everything as it was", async () => {
  await find(session("a"));
  client.setQueryData(queryKeys.webhooks, ["of a"]);
  await find(null);
  await find(session("a"));
  expect(seen()).toEqual(["of a"]);
  expect(told).toEqual([]);
});

test("who signs in here with another key is not told of it", async () => {
  await find(session("a"));
  client.setQueryData(queryKeys.webhooks, ["of a"]);
  await find(null);
  client.setQueryData(queryKeys.session, session("b"));
  expect(seen()).toBeUndefined();
  expect(told).toEqual([]);
});
