import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { checkedFetch } from "../../../test/support/checked-fetch.ts";
import type { CheckedAnswer } from "../../../test/support/checked-fetch.ts";
import { DOCUMENT } from "../../../test/support/openapi-document.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi(await freshDatabase());
});
afterAll(() => api.stop());

/** As a browser asks: without a key. */
const get = (path: string, headers: Record<string, string> = {}): Promise<CheckedAnswer> =>
  checkedFetch(api.url, path, { method: "GET", headers });

test("the document is served without a key, names PUBLIC_URL, and is the one that the tests check with", async () => {
  const { status, text } = await get("/api/v1/openapi.json");
  expect([status, JSON.parse(text)]).toEqual([200, DOCUMENT]);
  const other = await startApi(await freshDatabase(), { PUBLIC_URL: "https://posthorn.example.com/hooks/" });
  const { json } = await other.request("GET", "/api/v1/openapi.json");
  expect(json).toMatchObject({ servers: [{ url: "https://posthorn.example.com/hooks" }] });
  await other.stop();
});

test.each(["/api/docs", "/api/docs/"])(
  "the page at %s finds all that it is made of here, and nothing elsewhere",
  async (path) => {
    const page = await get(path);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, file = ""]) => new URL(file, api.url + path),
    );
    expect(files.map(({ pathname }) => pathname)).toEqual([
      "/api/docs/swagger-ui.css",
      "/api/docs/favicon-32x32.png",
      "/api/docs/swagger-ui-bundle.js",
      "/api/docs/initializer.js",
    ]);
    for (const { origin, pathname } of files) expect([origin, (await get(pathname)).status]).toEqual([api.url, 200]);
  },
);

test("the page keeps to the content security policy: no script in it, and calls to where it came from only", async () => {
  const { text, headers } = await get("/api/docs");
  expect(text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style=/);
  const policy = headers.get("content-security-policy")?.split(";") ?? [];
  expect(policy).toEqual(expect.arrayContaining(["default-src 'self'", "script-src 'self'", "object-src 'none'"]));
  // Over plain HTTP a browser would look for the page's files under https.
  expect(policy).not.toContain("upgrade-insecure-requests");
});

test("a browser that has a file is told that it is still good", async () => {
  const file = "/api/docs/swagger-ui.css";
  const { headers } = await get(file);
  const again = await get(file, { "if-modified-since": headers.get("last-modified") ?? "", "cache-control": "" });
  expect([again.status, again.text]).toEqual([304, ""]);
});

test("a file is given whole, whatever range is asked for", async () => {
  const file = "/api/docs/favicon-32x32.png";
  const whole = await get(file);
  expect(whole.headers.get("accept-ranges")).toBeNull();
  for (const range of ["bytes=0-0", "bytes=999999999-"]) {
    const { status, text } = await get(file, { range });
    expect([status, text]).toEqual([200, whole.text]);
  }
});

test.each([
  ["if-match", '"x"'],
  ["if-unmodified-since", "Thu, 01 Jan 1970 00:00:00 GMT"],
])(
  "a caller that wants another file than there is, by %s, is told so and not that Posthorn failed",
  async (name, value) => {
    const { status, text } = await get("/api/docs/favicon-32x32.png", { [name]: value });
    expect([status, JSON.parse(text)]).toEqual([
      412,
      { errors: [{ message: "Precondition Failed: check the request's headers" }] },
    ]);
  },
);

test.each([
  "index.html",
  "package.json",
  "..%2f..%2fpackage.json",
  "page.html",
  "swagger-ui-bundle.js.map",
  "__proto__",
])("nothing but what the page is made of is served: not %s", async (file) => {
  const { status, text } = await get(`/api/docs/${file}`);
  expect([status, JSON.parse(text)]).toEqual([404, { errors: [expect.objectContaining({ code: "1600" })] }]);
});

test.each(["/api/docs", "/api/docs/swagger-ui.css", "/api/v1/openapi.json"])(
  "%s can be read, and nothing else",
  async (path) => {
    const { status, headers } = await api.request("POST", path, { json: {} });
    expect([status, headers.get("allow")]).toEqual([405, "GET"]);
  },
);
