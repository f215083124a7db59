import { curlCommand } from "./curl.ts";

const ORIGIN = "http://127.0.0.1:8080";

test("reading takes a key and a URL", () => {
  expect(curlCommand({ path: "/webhooks", query: { timezone: "UTC", limit: undefined } }, ORIGIN)).toBe(
    [
      "curl \\",
      '  -H "Authorization: $POSTHORN_API_KEY" \\',
      "  'http://127.0.0.1:8080/api/v1/webhooks?timezone=UTC'",
    ].join("\n"),
  );
});

test("what a body holds cannot end its quotes", () => {
  const text = curlCommand({ method: "POST", path: "/webhooks", body: { name: "it's $(rm) `x`" } }, ORIGIN);
  expect(text).toContain("curl -X POST");
  expect(text).toContain(
    String.raw`--data '{
  "name": "it'\''s $(rm) ` + "`x`\"\n}'",
  );
});
