import { grantsAllow, GRANTS } from "@posthorn/core";
import type { Grant } from "@posthorn/core";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { checkedFetch } from "../../../test/support/checked-fetch.ts";
import { DOCUMENT, METHODS } from "../../../test/support/openapi-document.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import type { Operation } from "./openapi/operation.ts";

// Whether the app demands of each call the key, the grant and the body that the document says.

let api: TestApi;
const keys = new Map<Grant, string>();
beforeAll(async () => {
  api = await startApi(await freshDatabase(), { API_RATE_LIMIT: "0", EVENTS_MAX_BODY: "1mb" });
  for (const grant of GRANTS) {
    const { json } = await api.request("POST", "/api/v1/api-keys", { json: { label: grant, grants: [grant] } });
    keys.set(grant, (json.results as { readonly key: string }).key);
  }
});
afterAll(() => api.stop());

interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Every operation, at ids that nobody has. */
const calls: readonly Call[] = Object.entries(DOCUMENT.paths).flatMap(([template, item]) => {
  const path = template.replaceAll(/\{\w+\}/g, "11111111-1111-4111-8111-111111111111");
  return METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
  });
});
const nameOf = ({ method, path }: Call): string => `${method} ${path}`;

/** The status of a call with this key, or without one. */
async function statusOf({ method, path }: Call, key?: string, body?: string, type?: string): Promise<number> {
  const { status } = await checkedFetch(api.url, path, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: key }),
      ...(type === undefined ? {} : { "content-type": type }),
    },
    body,
  });
  return status;
}

/** What the document says in words, since OpenAPI has no place for it. */
function grantOf({ operation }: Call): Grant | undefined {
  const named = /Needs a key with the grant `([^`]+)`/.exec(operation.description)?.[1];
  return GRANTS.find((grant) => grant === named);
}

const keyed = calls.filter(({ operation }) => operation.security.some((way) => "apiKey" in way));

test("calls that the document demands a key for are refused without one, and the others are not", async () => {
  expect(keyed.length).toBeGreaterThan(20);
  for (const call of calls)
    expect([nameOf(call), (await statusOf(call)) === 401]).toEqual([nameOf(call), keyed.includes(call)]);
});

test("calls need the grant that the document names: keys without it are refused, keys with nothing else are not", async () => {
  for (const call of keyed) {
    const needed = grantOf(call);
    const isForAll = call.operation.description.includes("with whatever grant");
    if (needed === undefined && !isForAll) throw new Error(`${nameOf(call)} names no grant`);
    for (const grant of GRANTS) {
      const isForbidden = (await statusOf(call, keys.get(grant))) === 403;
      expect([nameOf(call), grant, isForbidden]).toEqual([
        nameOf(call),
        grant,
        needed !== undefined && !grantsAllow([grant], needed),
      ]);
    }
  }
});

test("calls that the document has a body for refuse one of another kind", async () => {
  const reading = calls.filter(({ path, operation }) => operation.requestBody !== undefined && !path.includes("1111"));
  expect(reading.map(nameOf)).toContain("POST /api/v1/webhooks");
  for (const call of reading)
    expect([nameOf(call), await statusOf(call, api.apiKey, "<html>", "text/html")]).toEqual([nameOf(call), 415]);
});

test("calls that the document says can be too large refuse what is", async () => {
  const large = JSON.stringify({ message: "x".repeat(9 * 1024 ** 2) });
  const limited = calls.filter(({ path, operation }) => 413 in operation.responses && !path.includes("1111"));
  expect(limited.length).toBeGreaterThan(3);
  for (const call of limited)
    expect([nameOf(call), await statusOf(call, api.apiKey, large, "application/json")]).toEqual([nameOf(call), 413]);
}, 30_000);
