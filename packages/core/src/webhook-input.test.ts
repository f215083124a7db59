import { parseCreate, parseUpdate } from "./webhook-input.ts";
import type { ParsedInput } from "./webhook-input.ts";
import { detailLinks, TOKEN_MASK, viewWebhook } from "./webhook-view.ts";
import type { WebhookId } from "./ids.ts";
import { WEBHOOK_DEFAULTS } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

const ID = "1cc94ef0-ab17-41e4-b135-0ff9de159aa7" as WebhookId;
const isKnown = (type: string): boolean => ["delivery", "bounce", "open"].includes(type);
const body = (changes: Record<string, unknown> = {}) => ({
  name: "Example",
  target: "https://example.com/hook",
  events: ["delivery"],
  ...changes,
});
const create = (changes: Record<string, unknown> = {}): ParsedInput => parseCreate(body(changes), isKnown);
const update = (given: unknown): ParsedInput => parseUpdate(given, ID, isKnown);
const paramsOf = (parsed: ParsedInput) => (parsed.kind === "bad" ? parsed.problems.map(({ param }) => param) : "ok");

test("a complete body is taken as it is; repeated event types are folded", () => {
  const given = { events: ["open", "delivery", "open"], auth_token: "s3cret", active: false };
  expect(create(given)).toEqual({
    kind: "ok",
    input: {
      name: "Example",
      target: "https://example.com/hook",
      events: ["open", "delivery"],
      authToken: "s3cret",
      active: false,
    },
  });
});

test.each([
  "http://example.com",
  "HTTPS://EXAMPLE.com:8443/a?b=c#d",
  "http://127.0.0.1:9000/hook",
  "http://[::1]:9000/",
  "https://bücher.example/ü",
])("%s is a target", (target) => {
  expect(create({ target })).toMatchObject({ kind: "ok", input: { target } });
});

test.each([
  "",
  "example.com",
  "/hook",
  "http:example.com",
  "http://",
  "ftp://example.com/",
  "javascript:alert(1)",
  "file:///etc/passwd",
  " http://example.com/",
  "http://exam\nple.com/",
  "http://example.com/\r\nX-Evil: 1",
  `http://example.com/${"x".repeat(2_048)}`,
  7,
  null,
])("%p is no target", (target) => {
  expect(new Set(paramsOf(create({ target })))).toEqual(new Set(["target"]));
});

test.each(["", null])("an auth_token %p means none", (auth_token) => {
  expect(create({ auth_token })).toMatchObject({ kind: "ok", input: { authToken: null } });
});

test.each(["a\r\nX-Evil: 1", "tökén", " padded", "padded ", " ", "x".repeat(1_025), 7])(
  "auth_token %p is refused and not repeated in the answer",
  (auth_token) => {
    const parsed = create({ auth_token });
    expect(new Set(paramsOf(parsed))).toEqual(new Set(["auth_token"]));
    expect(parsed.kind === "bad" && parsed.problems.some((problem) => "value" in problem)).toBe(false);
  },
);

test("the mask means unchanged in an update, and is no token to create a webhook with", () => {
  expect(update({ auth_token: TOKEN_MASK })).toEqual({ kind: "ok", input: {} });
  expect(paramsOf(create({ auth_token: TOKEN_MASK }))).toEqual(["auth_token"]);
});

test("each unknown event type is named by its position, names of prototypes included", () => {
  const parsed = create({ events: ["delivery", "reception", "__proto__", 7] });
  expect(paramsOf(parsed)).toEqual(["events[1]", "events[2]", "events[3]"]);
  expect(parsed).toMatchObject({ problems: [{ value: "reception" }, { value: "__proto__" }, { value: 7 }] });
});

test("every problem of a body is listed, but not a hundred thousand", () => {
  const all = parseCreate({ target: "x", events: [], colour: "red" }, isKnown);
  expect(new Set(paramsOf(all))).toEqual(new Set(["name", "target", "events", "colour"]));
  const many = create({ events: Array.from({ length: 100_000 }, () => "nonsense") });
  expect(many.kind === "bad" && many.problems.length).toBe(101);
  expect(many.kind === "bad" && many.problems.at(-1)?.message).toMatch(/99900 more/);
});

test("unknown fields are refused in the documented words; a long value is left out", () => {
  expect(create({ colour: "red" })).toEqual({
    kind: "bad",
    problems: [{ message: "Unknown parameter", param: "colour", value: "red" }],
  });
  expect(create({ colour: "x".repeat(1_000) })).toEqual({
    kind: "bad",
    problems: [{ message: "Unknown parameter", param: "colour" }],
  });
});

test("__proto__ is an unknown field like any other", () => {
  const given = JSON.parse(
    '{"__proto__":{"auth_token":"a\\r\\nX-Evil: 1"},"name":"n","target":"http://a/","events":["open"]}',
  ) as unknown;
  expect(paramsOf(parseCreate(given, isKnown))).toEqual(["__proto__"]);
  expect(paramsOf(update(JSON.parse('{"__proto__":{"name":"x"}}')))).toEqual(["__proto__"]);
});

test.each([null, [], "text", 7, true])("%p is no body", (given) => {
  expect(parseCreate(given, isKnown).kind).toBe("bad");
  expect(update(given).kind).toBe("bad");
});

test("an update takes any subset, and leaves out what was not given", () => {
  expect(update({})).toEqual({ kind: "ok", input: {} });
  expect(update({ name: "New" })).toEqual({ kind: "ok", input: { name: "New" } });
  expect(paramsOf(update({ name: "" }))).toEqual(["name"]);
  expect(paramsOf(update({ events: [] }))).toEqual(["events"]);
});

test("an id is accepted when it is the webhook's own, and else refused", () => {
  expect(update({ id: ID })).toEqual({ kind: "ok", input: {} });
  for (const id of ["11111111-1111-4111-8111-111111111111", 7]) {
    expect(new Set(paramsOf(update({ id })))).toEqual(new Set(["id"]));
  }
  expect(paramsOf(create({ id: ID }))).toEqual(["id"]);
});

test("what GET answers is accepted back and asks for no change", () => {
  const webhook: Webhook = {
    id: ID,
    revision: 1,
    partition: 0,
    name: "Example",
    target: "https://example.com/hook",
    events: ["delivery"],
    ...WEBHOOK_DEFAULTS,
    authToken: "sealed" as Webhook["authToken"],
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  const last = { lastSuccessAtMs: Date.UTC(2014, 7, 1, 16, 9, 15, 999), lastFailureAtMs: undefined };
  const view = viewWebhook(webhook, last, detailLinks("http://localhost", ID));
  expect(view).toMatchObject({ last_successful: "2014-08-01 16:09:15", auth_token: TOKEN_MASK });
  expect(view).not.toHaveProperty("last_failure");
  const { name, target, events, active } = webhook;
  expect(update(JSON.parse(JSON.stringify(view)))).toEqual({ kind: "ok", input: { name, target, events, active } });
});

test.each([
  ["auth_type", "oauth2"],
  ["auth_request_details", { url: "http://a/" }],
  ["auth_credentials", { username: "u" }],
  ["custom_headers", { "x-a": "b" }],
])("%s is accepted in its empty form only", (field, value) => {
  const parsed = create({ [field]: value });
  expect(paramsOf(parsed)).toEqual([field]);
  expect(parsed.kind === "bad" && parsed.problems[0]?.message).toMatch(/not supported/);
  expect(JSON.stringify(parsed)).not.toContain(field === "auth_type" ? "http" : JSON.stringify(value));
});
