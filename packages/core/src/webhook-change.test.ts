import fc from "fast-check";
import { selfSigned } from "../../../test/support/self-signed.ts";
import type { WebhookId } from "./ids.ts";
import { MASK } from "./mask.ts";
import { createSecretBox } from "./secret-box.ts";
import { generateSigningSecret } from "./signing-secret.ts";
import { readCreate, readUpdate } from "./webhook-change.ts";
import type { WebhookChange } from "./webhook-change.ts";
import { DEFAULT_SETTINGS, openSettings, sealSettings } from "./webhook-settings.ts";
import type { WebhookSettings } from "./webhook-settings.ts";
import { detailLinks, viewWebhook } from "./webhook-view.ts";
import { EVERY_SUBACCOUNT, WEBHOOK_DEFAULTS } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

const ID = "1cc94ef0-ab17-41e4-b135-0ff9de159aa7" as WebhookId;
const CERTIFICATE = selfSigned().cert.toString().trim();
const NOW_MS = 1_764_000_000_000;
const TYPES = ["delivery", "bounce", "open"];
const SECRET = generateSigningSecret((count) => Buffer.alloc(count, 7));
const tools = {
  isKnownEventType: (type: string): boolean => TYPES.includes(type),
  nowMs: NOW_MS,
  generateSecret: () => SECRET,
  scope: undefined,
};
const body = (changes: Record<string, unknown> = {}) => ({
  name: "Example",
  target: "https://example.com/hook",
  events: ["delivery"],
  ...changes,
});
const SETTINGS: WebhookSettings = {
  ...DEFAULT_SETTINGS,
  name: "Example",
  target: "https://example.com/hook",
  events: ["delivery"],
};
const create = (changes: Record<string, unknown> = {}): WebhookChange => readCreate(body(changes), tools);
const update = (given: unknown, before: Partial<WebhookSettings> = {}): WebhookChange =>
  readUpdate(given, ID, { ...SETTINGS, ...before }, tools);
const settingsOf = (change: WebhookChange): WebhookSettings => {
  if (change.kind !== "ok") throw new Error(JSON.stringify(change.problems));
  return change.settings;
};
const paramsOf = (change: WebhookChange) => (change.kind === "bad" ? change.problems.map(({ param }) => param) : "ok");

/** A webhook with these settings, as it would be stored. */
function stored(settings: WebhookSettings): Webhook {
  const box = createSecretBox("a secret for tests");
  const base: Webhook = {
    ...WEBHOOK_DEFAULTS,
    id: ID,
    revision: 1,
    partition: 0,
    name: "",
    target: "",
    events: [],
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  return sealSettings(base, DEFAULT_SETTINGS, settings, box);
}

const view = (webhook: Webhook) =>
  viewWebhook(webhook, {
    last: { lastSuccessAtMs: Date.UTC(2014, 7, 1, 16, 9, 15, 999), lastFailureAtMs: undefined },
    tokenLifeSeconds: 3_600,
    links: detailLinks("http://localhost", ID),
    timeZone: "UTC",
    nowMs: NOW_MS,
  });

test("a complete body is taken as it is; repeated event types are folded", () => {
  expect(
    settingsOf(create({ events: ["open", "delivery", "open"], auth_token: "s3cret", active: false, paused: true })),
  ).toEqual({
    ...SETTINGS,
    events: ["open", "delivery"],
    authToken: "s3cret",
    active: false,
    paused: true,
  });
});

test.each([
  "http://example.com",
  "HTTPS://EXAMPLE.com:8443/a?b=c#d",
  "http://127.0.0.1:9000/hook",
  "http://[::1]:9000/",
  "https://bücher.example/ü",
])("%s is a target", (target) => {
  expect(settingsOf(create({ target }))).toMatchObject({ target });
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
  expect(settingsOf(create({ auth_token }))).toMatchObject({ authToken: null });
  expect(settingsOf(update({ auth_token }, { authToken: "s3cret" }))).toMatchObject({ authToken: null });
});

test.each(["a\r\nX-Evil: 1", "tökén", " padded", "padded ", " ", "x".repeat(1_025), 7])(
  "auth_token %p is refused and not repeated in the answer",
  (auth_token) => {
    const change = create({ auth_token });
    expect(new Set(paramsOf(change))).toEqual(new Set(["auth_token"]));
    expect(change.kind === "bad" && change.problems.some((problem) => "value" in problem)).toBe(false);
  },
);

test("each unknown event type is named by its position, names of prototypes included", () => {
  const change = create({ events: ["delivery", "reception", "__proto__", 7] });
  expect(paramsOf(change)).toEqual(["events[1]", "events[2]", "events[3]"]);
  expect(change).toMatchObject({ problems: [{ value: "reception" }, { value: "__proto__" }, { value: 7 }] });
});

test("every problem of a body is listed, but not a hundred thousand", () => {
  const all = readCreate(
    { target: "x", events: [], colour: "red", auth_type: "basic", custom_headers: { Host: "x" }, rate_limit: 0 },
    tools,
  );
  expect(new Set(paramsOf(all))).toEqual(
    new Set(["name", "target", "events", "colour", "auth_credentials", "custom_headers", "rate_limit"]),
  );
  const many = create({ events: Array.from({ length: 1_000 }, () => "nonsense") });
  expect(many.kind === "bad" && many.problems.length).toBe(101);
  expect(many.kind === "bad" && many.problems.at(-1)?.message).toMatch(/900 more/);
});

test.each<readonly [string, Record<string, unknown>]>([
  ["events", { events: Array.from({ length: 200_000 }, () => 7) }],
  ["exception_subaccounts", { exception_subaccounts: Array.from({ length: 200_000 }, (_, n) => n + 1) }],
  [
    "custom_headers",
    { custom_headers: Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`x${n}`, MASK])) },
  ],
  [
    "auth_request_details.body.scopes[1]",
    { auth_request_details: { body: { scopes: ["a", Array(200_000).fill(1)] } } },
  ],
  ["colour", { colour: Array(200_000).fill(1) }],
])("two hundred thousand entries in %s are one problem", (param, fields) => {
  expect(create({ ...fields, concurrency: 0 })).toMatchObject({
    kind: "bad",
    problems: [{ message: `${param} has more than 1000 entries`, param }, { param: "concurrency" }],
  });
});

test("a body of two hundred thousand fields is one problem", () => {
  const change = create(Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`x${n}`, 1])));
  expect(change).toEqual({ kind: "bad", problems: [{ message: "The body has more than 1000 fields" }] });
});

test("the problems that are found after the fields are read are limited too", () => {
  const headers = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x${n}`, MASK]));
  const change = create({ custom_headers: headers });
  expect(change.kind === "bad" && change.problems.length).toBe(101);
});

test("behind more problems than are shown, no field is taken unchecked", () => {
  const events = Array.from({ length: 200 }, () => "nonsense");
  const change = create({ events, exception_subaccounts: 7, custom_headers: null, signing: 7 });
  expect(change.kind === "bad" && change.problems.at(-1)?.message).toMatch(/more problems/);
});

test("unknown fields are refused in the documented words; a long value is left out (facts §1.9)", () => {
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
  expect(paramsOf(readCreate(given, tools))).toEqual(["__proto__"]);
  expect(paramsOf(update(JSON.parse('{"__proto__":{"name":"x"}}')))).toEqual(["__proto__"]);
  expect(paramsOf(update(JSON.parse('{"custom_headers":{"__proto__":"x"}}')))).toEqual(["custom_headers"]);
});

test.each([null, [], "text", 7, true])("%p is no body", (given) => {
  expect(readCreate(given, tools).kind).toBe("bad");
  expect(update(given).kind).toBe("bad");
});

test("an update takes any subset, and what was not given stays (facts §1.4)", () => {
  expect(settingsOf(update({}))).toEqual(SETTINGS);
  expect(settingsOf(update({ name: "New" }))).toEqual({ ...SETTINGS, name: "New" });
  expect(paramsOf(update({ name: "" }))).toEqual(["name"]);
  expect(paramsOf(update({ events: [] }))).toEqual(["events"]);
});

test.each(["\u001B[31mred", "a\nline", "bell\u0007", "nil\u0000", "C1 \u009B31m"])(
  "a new name may not steer a terminal, as %j would",
  (name) => {
    expect(paramsOf(create({ name }))).toEqual(["name"]);
    expect(paramsOf(update({ name }))).toEqual(["name"]);
    expect(settingsOf(update({ name, paused: true }, { name }))).toMatchObject({ name, paused: true });
    expect(create({ name })).toMatchObject({ problems: [{ message: expect.stringMatching(/control character/) }] });
  },
);

test("events may be left out of an update, and nowhere else is that said", () => {
  expect(create({ events: [] })).toMatchObject({ problems: [{ message: "events is empty: name at least one" }] });
  expect(update({ events: [] })).toMatchObject({ problems: [{ message: expect.stringMatching(/or leave it out$/) }] });
});

test("an id is accepted when it is the webhook's own, and else refused (facts §1.4)", () => {
  expect(settingsOf(update({ id: ID }))).toEqual(SETTINGS);
  for (const id of ["11111111-1111-4111-8111-111111111111", 7]) {
    const change = update({ id });
    expect(new Set(paramsOf(change))).toEqual(new Set(["id"]));
    expect(change).toMatchObject({ problems: [{ message: "Unknown parameter" }] });
  }
  expect(paramsOf(create({ id: ID }))).toEqual(["id"]);
});

describe("authentication (facts §1.2)", () => {
  const oauth = { url: "https://example.com/token", body: { client_id: "ada", client_secret: "s3cret" } };

  test("basic takes credentials, and the password may be left out", () => {
    expect(settingsOf(create({ auth_type: "basic", auth_credentials: { username: "u", password: "p" } })).auth).toEqual(
      { kind: "basic", username: "u", password: "p" },
    );
    expect(settingsOf(create({ auth_type: "basic", auth_credentials: { username: "u" } })).auth).toEqual({
      kind: "basic",
      username: "u",
      password: "",
    });
  });

  test("oauth2 takes the request for a token; what Posthorn got by it is ignored", () => {
    expect(
      settingsOf(
        create({
          auth_type: "oauth2",
          auth_request_details: oauth,
          auth_credentials: { access_token: "x", expires_in: 3_600 },
        }),
      ).auth,
    ).toEqual({ kind: "oauth2", ...oauth });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ auth_type: "basic" }, "auth_credentials"],
    [{ auth_type: "basic", auth_credentials: {} }, "auth_credentials"],
    [{ auth_type: "basic", auth_credentials: { password: "p" } }, "auth_credentials.username"],
    [{ auth_type: "basic", auth_credentials: { username: "a:b" } }, "auth_credentials.username"],
    [{ auth_type: "basic", auth_credentials: { username: "a\n" } }, "auth_credentials.username"],
    [{ auth_type: "basic", auth_credentials: { username: "a", password: MASK } }, "auth_credentials.password"],
    [{ auth_type: "basic", auth_credentials: { username: "a" }, auth_request_details: oauth }, "auth_request_details"],
    [{ auth_credentials: { username: "a" } }, "auth_credentials"],
    [{ auth_type: "oauth2" }, "auth_request_details"],
    [{ auth_type: "oauth2", auth_request_details: { url: "https://a/" } }, "auth_request_details"],
    [{ auth_type: "oauth2", auth_request_details: { url: "x", body: { a: "b" } } }, "auth_request_details.url"],
    [{ auth_type: "oauth2", auth_request_details: { url: "https://a/", body: {} } }, "auth_request_details.body"],
    [
      { auth_type: "oauth2", auth_request_details: { url: "https://a/", body: { client_secret: MASK } } },
      "auth_request_details.body.client_secret",
    ],
    [{ auth_type: "digest", auth_credentials: { username: "u" } }, "auth_type"],
    [{ auth_type: "basic", auth_credentials: { username: "u" }, target: "https://a:b@c/" }, "target"],
  ])("%j is refused with %s, and no secret is repeated", (changes, param) => {
    const change = create(changes);
    expect(paramsOf(change)).toEqual([param]);
    expect(
      change.kind === "bad" &&
        change.problems.some(({ message, value }) => `${message}${JSON.stringify(value)}`.includes("s3cret")),
    ).toBe(false);
  });

  test("a user and password in the target become Basic, and are shown no more", () => {
    const target = "https://ada:s3%40cret@example.com/hook?a=b";
    expect(settingsOf(create({ target }))).toMatchObject({
      target: "https://example.com/hook?a=b",
      auth: { kind: "basic", username: "ada", password: "s3@cret" },
    });
    const before = { auth: { kind: "basic", username: "u", password: "p" } } as const;
    expect(settingsOf(update({ target }, before)).auth).toEqual({
      kind: "basic",
      username: "ada",
      password: "s3@cret",
    });
    expect(paramsOf(create({ target, custom_headers: { Authorization: "Bearer x" } }))).toEqual(["target"]);
    expect(paramsOf(create({ target: "https://a%3Ab:c@example.com/" }))).toEqual(["target"]);
    expect(paramsOf(create({ target, auth_type: "oauth2", auth_request_details: oauth }))).toEqual(["target"]);
  });

  test("an update may change one part and keep the secrets by their mask", () => {
    const basic = { auth: { kind: "basic", username: "u", password: "p" } } as const;
    expect(settingsOf(update({ auth_credentials: { username: "v", password: MASK } }, basic)).auth).toEqual({
      ...basic.auth,
      username: "v",
    });
    const before = { auth: { kind: "oauth2", ...oauth } } as const;
    const details = { url: "https://example.com/v2/token", body: { client_id: "bob", client_secret: MASK } };
    expect(settingsOf(update({ auth_request_details: details }, before)).auth).toEqual({
      kind: "oauth2",
      url: details.url,
      body: { client_id: "bob", client_secret: "s3cret" },
    });
    expect(settingsOf(update({ auth_type: "none" }, before)).auth).toEqual({ kind: "none" });
    expect(settingsOf(update({ auth_type: "oauth2" }, before)).auth).toEqual(before.auth);
    expect(paramsOf(update({ auth_type: "basic" }, before))).toEqual(["auth_credentials"]);
  });
});

describe("custom headers (facts §1.2, §1.9)", () => {
  test("up to five are taken, in the case given", () => {
    const custom_headers = { "X-Api-Key": "abcd", "x-b": "1 2", "x-c": "3", "x-d": "4", Authorization: "Bearer x" };
    expect(settingsOf(create({ custom_headers })).customHeaders).toEqual(custom_headers);
    expect(settingsOf(update({ custom_headers: {} }, { customHeaders: custom_headers })).customHeaders).toEqual({});
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["a sixth", { a: "1", b: "2", c: "3", d: "4", e: "5", f: "6" }, /^You may only have up to 5 custom headers$/],
    ["a reserved name", { "content-type": "x" }, /^Header is reserved and cannot be used$/],
    ["the name of the batch id", { "X-MessageSystems-Batch-ID": "x" }, /^Header is reserved and cannot be used$/],
    ["a signature", { "webhook-signature": "x" }, /^Header is reserved and cannot be used$/],
    ["a name with a blank", { "x y": "1" }, /no header name/],
    ["an empty name", { "": "1" }, /no header name/],
    ["a value with a line break", { x: "1\r\nX-Evil: 1" }, /characters that no header may have/],
    ["an empty value", { x: "" }, /empty/],
    ["one name twice", { "x-a": "1", "X-A": "2" }, /twice/],
    ["3,000 bytes", { "x-a": "y".repeat(2_997) }, /3000 bytes/],
    ["the mask of nothing", { "x-a": MASK }, /none is stored/],
  ])("%s is refused", (_, custom_headers, message) => {
    const change = create({ custom_headers });
    expect(change).toMatchObject({ kind: "bad", problems: [{ message: expect.stringMatching(message) }] });
    expect(paramsOf(change)).toEqual([expect.stringMatching(/^custom_headers/)]);
  });

  test("a value that is no text is refused without repeating it", () => {
    expect(create({ custom_headers: { "x-a": 7 } })).toMatchObject({ problems: [{ param: "custom_headers.x-a" }] });
  });

  test("Authorization cannot be both a custom header and made from auth_type", () => {
    const auth = { auth_type: "basic", auth_credentials: { username: "u" } };
    expect(create({ ...auth, custom_headers: { authorization: "x" } })).toMatchObject({
      problems: [{ param: "custom_headers", value: "Authorization", message: "Header is reserved and cannot be used" }],
    });
  });
});

describe("subaccounts (facts §1.2)", () => {
  test("exceptions are up to ten different numbers, not none at creation, and replaced as a whole", () => {
    expect(settingsOf(create({ exception_subaccounts: [1, "2"] })).exceptionSubaccounts).toEqual([1, 2]);
    const before = { exceptionSubaccounts: [1] };
    expect(settingsOf(update({ exception_subaccounts: [3] }, before)).exceptionSubaccounts).toEqual([3]);
    expect(settingsOf(update({ exception_subaccounts: [] }, before)).exceptionSubaccounts).toEqual([]);
    for (const wrong of [
      [],
      [1, 1],
      [1, "1"],
      [0],
      [-1],
      [1.5],
      ["x"],
      Array.from({ length: 11 }, (_, n) => n + 1),
      7,
    ]) {
      expect(paramsOf(create({ exception_subaccounts: wrong }))[0]).toMatch(/^exception_subaccounts/);
    }
  });

  test("exceptions need a webhook for everybody, and end when it becomes one of a subaccount", () => {
    expect(paramsOf(create({ subaccount_id: 7, exception_subaccounts: [1] }))).toEqual(["exception_subaccounts"]);
    expect(settingsOf(update({ subaccount_id: 7 }, { exceptionSubaccounts: [1] }))).toMatchObject({
      subaccount: 7,
      exceptionSubaccounts: [],
    });
  });

  test("a call for a subaccount makes webhooks of that subaccount and can name no other", () => {
    const scoped = { ...tools, scope: 7 };
    expect(settingsOf(readCreate(body(), scoped)).subaccount).toBe(7);
    expect(settingsOf(readCreate(body({ subaccount_id: 7 }), scoped)).subaccount).toBe(7);
    for (const subaccount_id of [EVERY_SUBACCOUNT, 0, 8]) {
      expect(paramsOf(readCreate(body({ subaccount_id }), scoped))).toEqual(["subaccount_id"]);
      expect(paramsOf(readUpdate({ subaccount_id }, ID, { ...SETTINGS, subaccount: 7 }, scoped))).toEqual([
        "subaccount_id",
      ]);
    }
  });
});

describe("signing", () => {
  const other = generateSigningSecret((count) => Buffer.alloc(count, 8));
  const before = { signing: { secret: other, previous: null } };

  test("a secret is made when none is given, once", () => {
    expect(create({ signing: { enabled: true } })).toMatchObject({
      generatedSecret: SECRET,
      settings: { signing: { secret: SECRET, previous: null } },
    });
    expect(update({ signing: { enabled: true } }, before)).toMatchObject({
      generatedSecret: undefined,
      settings: before,
    });
  });

  test("a new secret leaves the one before valid for a day, or as long as told", () => {
    expect(settingsOf(update({ signing: { secret: SECRET } }, before)).signing).toEqual({
      secret: SECRET,
      previous: { secret: other, untilMs: NOW_MS + 86_400_000 },
    });
    expect(settingsOf(update({ signing: { secret: SECRET, overlap_seconds: 0 } }, before)).signing).toEqual({
      secret: SECRET,
      previous: null,
    });
  });

  test.each([null, { enabled: false }])("%j ends it", (signing) => {
    expect(settingsOf(update({ signing }, before)).signing).toBeNull();
  });

  test.each(["", "whsec_", "whsec_c2hvcnQ=", SECRET.slice(6), `${SECRET}!`, MASK, 7])("%p is no secret", (secret) => {
    const change = create({ signing: { secret } });
    expect(paramsOf(change)).toEqual(["signing.secret"]);
    expect(change.kind === "bad" && "value" in (change.problems[0] ?? {})).toBe(false);
  });
});

test("certificates are taken in PEM form, one or several", () => {
  expect(settingsOf(create({ tls_ca: CERTIFICATE })).tlsCa).toBe(CERTIFICATE);
  expect(settingsOf(create({ tls_ca: `${CERTIFICATE}\n${CERTIFICATE}` })).tlsCa).toHaveLength(
    2 * CERTIFICATE.length + 1,
  );
  expect(settingsOf(update({ tls_ca: null }, { tlsCa: CERTIFICATE })).tlsCa).toBeNull();
  for (const tls_ca of ["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", `${CERTIFICATE}x`, 7]) {
    expect(paramsOf(create({ tls_ca }))).toEqual(["tls_ca"]);
  }
});

const headerName = fc.stringMatching(/^x-[a-z0-9]{1,12}$/);
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/).filter((text) => text !== MASK);
const text = fc.string({ minLength: 1, maxLength: 30 }).filter((value) => value !== MASK);
const settings: fc.Arbitrary<WebhookSettings> = fc
  .record({
    // Some have a name that would be refused today.
    name: fc
      .oneof(fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }), fc.constant("\u001B[31mred\n\u009B"))
      .filter((name) => /\S/.test(name)),
    target: fc.webUrl({ withQueryParameters: true, validSchemes: ["http", "https"] }),
    events: fc.subarray(TYPES, { minLength: 1 }),
    active: fc.boolean(),
    paused: fc.boolean(),
    concurrency: fc.option(fc.integer({ min: 1, max: 1_000 })),
    rateLimit: fc.option(fc.integer({ min: 1, max: 60_000 })),
    subaccount: fc.constantFrom(EVERY_SUBACCOUNT, 0, 7),
    exceptionSubaccounts: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 10 }),
    tlsCa: fc.option(fc.constant(CERTIFICATE)),
    authToken: fc.option(headerValue),
    auth: fc.oneof(
      fc.constant({ kind: "none" } as const),
      fc.record({
        kind: fc.constant("basic" as const),
        username: fc.stringMatching(/^[^:\p{Cc}]{1,20}$/u),
        password: fc.stringMatching(/^[^:\p{Cc}]{0,20}$/u).filter((value) => value !== MASK),
      }),
      fc.record({
        kind: fc.constant("oauth2" as const),
        url: fc.webUrl({ validSchemes: ["https"] }),
        body: fc.dictionary(
          fc.constantFrom("client_id", "client_secret", "grant_type", "scope", "extra"),
          fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 }), fc.dictionary(text, text)),
          { minKeys: 1 },
        ),
      }),
    ),
    customHeaders: fc.dictionary(headerName, headerValue, { maxKeys: 5 }),
    signing: fc.option(
      fc.record({
        secret: fc
          .uint8Array({ minLength: 24, maxLength: 64 })
          .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`),
        previous: fc.option(fc.constant({ secret: SECRET, untilMs: NOW_MS + 5_000 })),
      }),
    ),
  })
  .map((made) => (made.subaccount === EVERY_SUBACCOUNT ? made : { ...made, exceptionSubaccounts: [] }));

test("G11 PUT of what GET answered changes nothing, whatever the webhook", () => {
  fc.assert(
    fc.property(settings, (made) => {
      const webhook = stored(made);
      const before = openSettings(webhook, createSecretBox("a secret for tests"));
      expect(before).toEqual(made);
      const shown = JSON.parse(JSON.stringify(view(webhook))) as unknown;
      expect(settingsOf(readUpdate(shown, ID, before, tools))).toEqual(made);
    }),
  );
});

test("no secret is shown", () => {
  const shown = JSON.stringify(
    view(
      stored({
        ...SETTINGS,
        authToken: "hidden-1",
        auth: {
          kind: "oauth2",
          url: "https://a/",
          body: { client_id: "shown", client_secret: "hidden-2", deep: { key: "hidden-3" } },
        },
        customHeaders: { "x-api-key": "hidden-4" },
        signing: { secret: SECRET, previous: null },
      }),
    ),
  );
  expect(shown).not.toMatch(/hidden/);
  expect(shown).not.toContain(SECRET);
  expect(shown).toContain("shown");
  expect(
    JSON.stringify(view(stored({ ...SETTINGS, auth: { kind: "basic", username: "u", password: "hidden" } }))),
  ).not.toMatch(/hidden/);
});

test("the view has the documented fields (facts §1.5)", () => {
  expect(view(stored({ ...SETTINGS, exceptionSubaccounts: [123] }))).toMatchObject({
    id: ID,
    auth_type: "none",
    auth_request_details: {},
    auth_credentials: {},
    auth_token: "",
    custom_headers: {},
    exception_subaccounts: ["123"],
    last_successful: "2014-08-01 16:09:15",
  });
  expect(view(stored(SETTINGS))).not.toHaveProperty("last_failure");
  expect(view(stored({ ...SETTINGS, auth: { kind: "oauth2", url: "https://a/", body: { a: "b" } } }))).toMatchObject({
    auth_credentials: { access_token: MASK, expires_in: 3_600 },
  });
});
