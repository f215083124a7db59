import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { definitionId, readDefinitions } from "./definitions-file.ts";
import type { WebhookId } from "./ids.ts";
import { MASK } from "./mask.ts";
import type { KnownWebhook } from "./match-definitions.ts";
import { planDefinitions } from "./plan-definitions.ts";
import type { DefinitionsMode, DefinitionsPlan, DefinitionStep } from "./plan-definitions.ts";
import { generateSigningSecret } from "./signing-secret.ts";
import { readCreate, readUpdate } from "./webhook-change.ts";
import { exportedFields } from "./webhook-fields.ts";
import { DEFAULT_SETTINGS } from "./webhook-settings.ts";
import type { WebhookSettings } from "./webhook-settings.ts";
import { WEBHOOK_DEFAULTS } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

const TYPES = ["delivery", "bounce", "open"];
const SECRETS = [1, 2].map((fill) => generateSigningSecret((count) => Buffer.alloc(count, fill)));
const tools = {
  isKnownEventType: (type: string): boolean => TYPES.includes(type),
  nowMs: 1_764_000_000_000,
  generateSecret: () => generateSigningSecret((count) => Buffer.alloc(count, 7)),
};
const TARGET = "https://example.com/hook";

function known(settings: Partial<WebhookSettings>, webhook: Partial<Webhook> = {}): KnownWebhook {
  const all: WebhookSettings = { ...DEFAULT_SETTINGS, name: "n", target: TARGET, events: ["delivery"], ...settings };
  return {
    settings: all,
    webhook: {
      ...WEBHOOK_DEFAULTS,
      id: randomUUID() as WebhookId,
      revision: 1,
      partition: 0,
      name: all.name,
      target: all.target,
      events: all.events,
      createdAtMs: 0,
      updatedAtMs: 0,
      ...webhook,
    },
  };
}

const plan = (
  value: unknown,
  existing: readonly KnownWebhook[] = [],
  mode: DefinitionsMode = "import",
): DefinitionsPlan => planDefinitions({ file: readDefinitions(value), existing, mode, tools });

function stepsOf(planned: DefinitionsPlan): readonly DefinitionStep[] {
  if (planned.kind === "bad") throw new Error(JSON.stringify(planned.problems));
  return planned.steps;
}
const problemsOf = (planned: DefinitionsPlan) => (planned.kind === "bad" ? planned.problems : []);

/** The webhooks that there are once every step is done. */
function apply(steps: readonly DefinitionStep[], existing: readonly KnownWebhook[], mode: DefinitionsMode) {
  const all = new Map(existing.map((one) => [one.webhook.id, one]));
  const owner = mode === "provision" ? "file" : undefined;
  for (const step of steps) {
    const before = all.get(step.id);
    if (step.kind === "remove") all.delete(step.id);
    if (step.kind === "create" || step.kind === "update") {
      const everybody = { ...tools, scope: undefined, anyName: true };
      const change =
        step.kind === "create"
          ? readCreate(step.body, everybody)
          : readUpdate(step.body, step.id, before?.settings ?? DEFAULT_SETTINGS, everybody);
      if (change.kind === "bad") throw new Error(JSON.stringify(change.problems));
      const kept = owner ?? before?.webhook.owner ?? "api";
      all.set(step.id, known(change.settings, { id: step.id, owner: kept }));
    }
  }
  return [...all.values()];
}

const entry = (changes: Record<string, unknown> = {}) => ({
  name: "n",
  target: TARGET,
  events: ["delivery"],
  ...changes,
});

const nameless = (changes: Record<string, unknown> = {}) => ({ target: TARGET, events: ["delivery"], ...changes });

describe("which webhook an entry means", () => {
  const meant = (value: unknown, existing: readonly KnownWebhook[]) =>
    stepsOf(plan(value, existing)).map(({ kind, id }) => [kind === "create", id]);

  test("none yet: it is created under an id that follows from its name, or else its target", () => {
    expect(meant([entry(), nameless()], [])).toEqual([
      [true, definitionId("n")],
      [true, definitionId(TARGET)],
    ]);
  });

  test("the one with that name, which keeps its id", () => {
    const own = known({});
    expect(meant([entry({ target: "https://elsewhere.example/" })], [own, known({ name: "other" })])).toEqual([
      [false, own.webhook.id],
    ]);
  });

  test("else the one that had that name in an earlier file, whatever it is called by now", () => {
    const renamed = known({ name: "renamed" }, { id: definitionId("n") });
    expect(meant([entry()], [known({ name: "other" }), renamed])).toEqual([[false, renamed.webhook.id]]);
    const own = known({});
    expect(meant([entry()], [renamed, own])).toEqual([[false, own.webhook.id]]);
  });

  test("without a name, the one with that target", () => {
    const own = known({});
    expect(meant([nameless()], [own])).toEqual([[false, own.webhook.id]]);
    expect(meant([entry({ name: "other" })], [own])).toEqual([[true, definitionId("other")]]);
  });

  test("of several with that name or target, the one with the derived id, else the one that a file keeps", () => {
    const kept = known({}, { owner: "file" });
    const derived = [known({}, { id: definitionId("n") }), known({}, { id: definitionId(TARGET) })];
    expect(meant([entry()], [known({}), kept, known({})])).toEqual([[false, kept.webhook.id]]);
    expect(meant([nameless()], [known({}), kept, known({})])).toEqual([[false, kept.webhook.id]]);
    expect(meant([entry(), nameless()], [kept, ...derived])).toEqual(derived.map(({ webhook }) => [false, webhook.id]));
  });

  test.each<DefinitionsMode>(["import", "provision"])(
    "none of several that nothing tells apart, and then nothing is done (%s)",
    (mode) => {
      const owner = mode === "provision" ? "file" : "api";
      const existing = [{}, {}, { name: "other" }].map((settings) => known(settings, { owner }));
      const planned = plan([entry(), entry({ name: "new" }), nameless({ events: ["nonsense"] })], existing, mode);
      expect(problemsOf(planned)).toEqual([
        { param: "[0].name", value: "n", message: expect.stringMatching(/^There are 2 webhooks of this name.*rename/) },
        {
          param: "[2].target",
          message: expect.stringMatching(/^There are 3 webhooks with this target: give the name/),
        },
        expect.objectContaining({ param: "[2].events[0]" }),
      ]);
      // One that another entry means is not among them.
      expect(meant([entry({ name: "other" })], existing)).toEqual([[false, existing[2]?.webhook.id]]);
      expect(meant([entry({ name: "other" }), nameless()], [known({}), known({ name: "other" })])).toHaveLength(2);
    },
  );

  test("none of several that were made by the API, and a provisioning file then has one of its own, once", () => {
    const existing = [known({ subaccount: 1 }), known({ subaccount: 2 })];
    for (const [file, id] of [
      [[entry()], definitionId("n")],
      [[nameless()], definitionId(TARGET)],
    ] as const) {
      const steps = stepsOf(plan(file, existing, "provision"));
      expect(steps).toMatchObject([{ kind: "create", id, namesakes: 2 }]);
      const after = apply(steps, existing, "provision");
      expect(stepsOf(plan(file, after, "provision"))).toMatchObject([{ kind: "unchanged", id }]);
    }
    expect(stepsOf(plan([entry()], [], "provision"))).toMatchObject([{ kind: "create", namesakes: 0 }]);
  });

  test("no webhook is meant by two entries, and a name goes before a target", () => {
    const one = known({ name: "b" });
    expect(meant([nameless(), entry({ name: "b" })], [one])).toEqual([
      [true, definitionId(TARGET)],
      [false, one.webhook.id],
    ]);
    const was = known({ name: "b" }, { id: definitionId("a") });
    expect(meant([entry({ name: "b" }), entry({ name: "a" })], [was, one])).toEqual([
      [false, one.webhook.id],
      [false, was.webhook.id],
    ]);
  });
});

describe("what is told of a file that is wrong", () => {
  test("every problem of every entry, each with its place, and nothing is done", () => {
    const existing = [known({ name: "known", authToken: "s3cret" })];
    const problems = problemsOf(
      plan(
        [
          entry({ events: ["nonsense"], colour: "red" }),
          7,
          { name: "known", events: [] },
          { events: ["open"] },
          { target: "nowhere" },
          entry(),
          {},
        ],
        existing,
      ),
    );
    expect(problems.map(({ param = "" }) => param).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "[0].colour",
      "[0].events[0]",
      "[1]",
      "[2].events",
      "[2].target",
      "[3].target",
      "[4].events",
      "[4].target",
      "[5].name",
      "[6].events",
      "[6].target",
    ]);
  });

  test("events and target are required also of a webhook that there is, as in the original (facts §7.2)", () => {
    for (const mode of ["import", "provision"] as const) {
      const params = problemsOf(plan([{ name: "n" }], [known({})], mode)).map(({ param }) => param);
      expect(params).toEqual(["[0].target", "[0].events"]);
    }
  });

  test("a mask for a secret that is not here names its field", () => {
    const signing = { enabled: true, secret: MASK };
    const file = [entry({ auth_token: MASK, custom_headers: { "X-Key": MASK }, signing })];
    const expected = ["[0].custom_headers.X-Key", "[0].signing.secret", "[0].auth_token"];
    expect(problemsOf(plan(file)).map(({ param }) => param)).toEqual(expected);
    expect(problemsOf(plan(file, [known({})], "provision")).map(({ param }) => param)).toEqual(expected);
  });

  test("no secret is repeated", () => {
    const file = [entry({ auth_token: "h\u00fcsh", custom_headers: { Host: "h\u00fcsh" } })];
    expect(problemsOf(plan(file))).toHaveLength(2);
    expect(JSON.stringify(plan(file))).not.toContain("h\u00fcsh");
  });

  test("more problems than anybody reads are counted", () => {
    const problems = problemsOf(plan(Array.from({ length: 250 }, () => 7)));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)?.message).toMatch(/150 more/);
  });
});

test("an entry without a name is called by its target, cut to the length of a name", () => {
  const target = `https://example.com/${"x".repeat(235)}\u{1F600}`;
  const [step] = stepsOf(plan([{ target, events: ["open"] }]));
  expect(step).toMatchObject({ kind: "create", id: definitionId(target), name: target.slice(0, 255) });
});

test.each<DefinitionsMode>(["import", "provision"])(
  "a name with control characters is taken as it is, as a file may hold what is kept elsewhere (%s)",
  (mode) => {
    const file = [entry({ name: "CRM\n" }), entry({ name: "\u001B[31mred" })];
    const renamed = known({ name: "renamed" }, { id: definitionId("CRM\n"), owner: "file" });
    for (const existing of [[], [renamed]]) {
      const after = apply(stepsOf(plan(file, existing, mode)), existing, mode);
      expect(after.map(({ settings }) => settings.name)).toEqual(["CRM\n", "\u001B[31mred"]);
      expect(stepsOf(plan(file, after, mode)).map(({ kind }) => kind)).toEqual(["unchanged", "unchanged"]);
    }
  },
);

test("an import leaves alone what an entry does not say, and what the file does not have", () => {
  const own = known({
    authToken: "s3cret",
    paused: true,
    customHeaders: { "X-Key": "k" },
    events: ["open", "delivery"],
  });
  const others = [known({ name: "other" }, { owner: "file" })];
  expect(stepsOf(plan([entry({ concurrency: 7 })], [own, ...others]))).toEqual([
    {
      kind: "update",
      id: own.webhook.id,
      name: "n",
      body: entry({ concurrency: 7 }),
      changes: [
        { field: "events", from: ["open", "delivery"], to: ["delivery"] },
        { field: "concurrency", from: null, to: 7 },
      ],
    },
  ]);
  expect(stepsOf(plan([nameless()], [known({})]))).toMatchObject([{ kind: "unchanged", name: "n" }]);
});

describe("a provisioning file", () => {
  test("sets what an entry does not say to its default, but keeps a secret that is given as its mask", () => {
    const own = known(
      { authToken: "s3cret", customHeaders: { "X-Key": "k", "X-Other": "o" }, concurrency: 7 },
      { owner: "file" },
    );
    const [step] = stepsOf(plan([entry({ auth_token: MASK, custom_headers: { "X-Key": MASK } })], [own], "provision"));
    expect(step).toMatchObject({
      kind: "update",
      changes: [
        { field: "custom_headers", from: { "X-Key": MASK, "X-Other": MASK }, to: { "X-Key": MASK } },
        { field: "concurrency", from: 7, to: null },
      ],
    });
    const [after] = apply(step === undefined ? [] : [step], [own], "provision");
    expect(after?.settings).toMatchObject({ authToken: "s3cret", customHeaders: { "X-Key": "k" } });
  });

  test("leaves a webhook paused or inactive as it is, unless an entry says something else", () => {
    const own = known({ paused: true, active: false }, { owner: "file" });
    expect(stepsOf(plan([entry()], [own], "provision"))).toMatchObject([{ kind: "unchanged" }]);
    expect(stepsOf(plan([entry({ paused: false, active: true })], [own], "provision"))).toMatchObject([
      {
        kind: "update",
        changes: [
          { field: "active", from: false, to: true },
          { field: "paused", from: true, to: false },
        ],
      },
    ]);
  });

  test("does not make a signing secret anew that it once asked for", () => {
    const file = [entry({ signing: { enabled: true } })];
    const existing = apply(stepsOf(plan(file, [], "provision")), [], "provision");
    expect(stepsOf(plan(file, existing, "provision"))).toMatchObject([{ kind: "unchanged" }]);
  });

  test("takes over the webhooks that it means", () => {
    const own = known({});
    const [step] = stepsOf(plan([entry()], [own], "provision"));
    expect(step).toMatchObject({
      kind: "update",
      id: own.webhook.id,
      changes: [{ field: "owner", from: "api", to: "file" }],
    });
  });

  test("removes what it no longer has, last of all, and nothing that is not its own", () => {
    const gone = known({ name: "gone" }, { owner: "file" });
    const existing = [gone, known({ name: "foreign" })];
    expect(stepsOf(plan([entry()], existing, "provision"))).toEqual([
      expect.objectContaining({ kind: "create" }),
      { kind: "remove", id: gone.webhook.id, name: "gone" },
    ]);
  });

  test("removes nothing while anything is wrong with it", () => {
    const existing = [known({ name: "gone" }, { owner: "file" })];
    expect(plan([{}], existing, "provision").kind).toBe("bad");
    expect(plan({}, existing, "provision").kind).toBe("bad");
  });
});

test("a secret that is replaced is a change that shows neither", () => {
  const own = known({ auth: { kind: "basic", username: "u", password: "old-secret" }, authToken: "old-secret" });
  const file = [entry({ auth_token: "new-secret", auth_credentials: { username: "u", password: "new-secret" } })];
  const [step] = stepsOf(plan(file, [own]));
  expect(step?.kind === "update" && step.changes).toEqual([
    { field: "auth_token", from: MASK, to: MASK },
    {
      field: "auth_credentials",
      from: { username: "u", password: MASK },
      to: { username: "u", password: MASK },
    },
  ]);
});

const text = fc.string({ minLength: 1, maxLength: 12 }).map((given) => `x${encodeURIComponent(given)}`);
const names = fc.constantFrom("a", "b", "c", "d");
const targets = fc.constantFrom("https://a.example/", "https://b.example/", "https://c.example/1");
const auth = fc.oneof(
  fc.constant({}),
  fc.record({ auth_type: fc.constant("basic"), auth_credentials: fc.record({ username: text, password: text }) }),
  fc.record({ auth_type: fc.constant("basic"), auth_credentials: fc.record({ username: text }) }),
  fc.record({
    auth_type: fc.constant("oauth2"),
    auth_request_details: fc.record({
      url: targets,
      body: fc.record({
        client_id: text,
        client_secret: text,
        more: fc.array(fc.oneof(text, fc.integer(), fc.boolean())),
      }),
    }),
  }),
);
const scope = fc.oneof(
  fc.record({ subaccount_id: fc.constantFrom(0, 7) }),
  fc.record({ exception_subaccounts: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 }) }),
  fc.constant({}),
);
const rest = fc.record(
  {
    name: names,
    active: fc.boolean(),
    paused: fc.boolean(),
    auth_token: fc.oneof(text, fc.constant(null), fc.constant("")),
    custom_headers: fc.dictionary(fc.constantFrom("X-A", "X-B"), text),
    concurrency: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(null)),
    rate_limit: fc.integer({ min: 1, max: 9 }),
    signing: fc.oneof(
      fc.record({ enabled: fc.boolean() }),
      fc.record({ secret: fc.constantFrom(...SECRETS) }),
      fc.constant(null),
    ),
  },
  { requiredKeys: [] },
);
const events = fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 });
const entries = fc
  .tuple(fc.record({ target: targets, events }), rest, auth, scope)
  .map((parts): Record<string, unknown> => Object.assign({}, ...parts));
const files = fc.uniqueArray(entries, { selector: (one) => one["name"] ?? one["target"], maxLength: 5 });
const modes = fc.constantFrom("import" as const, "provision" as const);

/** Webhooks as they may have come about: by files and by the API. */
const worlds = fc.array(fc.tuple(files, modes, fc.boolean()), { maxLength: 3 }).map((history) => {
  let existing: readonly KnownWebhook[] = [];
  for (const [file, mode, isRenamed] of history) {
    const planned = plan(file, existing, mode);
    if (planned.kind === "ok") existing = apply(planned.steps, existing, mode);
    if (isRenamed)
      existing = existing.map((one, index) =>
        index === 0 ? known({ ...one.settings, name: "a" }, { ...one.webhook, name: "a" }) : one,
      );
  }
  return existing;
});

test("what a file has changed it does not change again, whatever was there before", () => {
  let plans = 0;
  fc.assert(
    fc.property(worlds, files, modes, (existing, file, mode) => {
      const planned = plan(file, existing, mode);
      // An entry may depend on what there is, e.g. "basic" without credentials.
      if (planned.kind === "bad") return;
      plans += 1;
      const after = apply(planned.steps, existing, mode);
      const again = stepsOf(plan(file, after, mode));
      expect(again.map(({ kind }) => kind)).toEqual(file.map(() => "unchanged"));
      expect(again.map(({ id }) => id)).toEqual(
        planned.steps.filter(({ kind }) => kind !== "remove").map(({ id }) => id),
      );
    }),
    { numRuns: 200 },
  );
  expect(plans).toBeGreaterThan(100);
});

test("a provisioning file sets the same, whatever was there before", () => {
  fc.assert(
    fc.property(worlds, files, (existing, file) => {
      const fresh = plan(file, [], "provision");
      const planned = plan(file, existing, "provision");
      if (fresh.kind === "bad" || planned.kind === "bad") return;
      const own = (all: readonly KnownWebhook[]) =>
        all
          .filter(({ webhook }) => webhook.owner === "file")
          .map(({ settings }) =>
            JSON.stringify({ ...settings, signing: settings.signing !== null, active: true, paused: false }),
          )
          .toSorted();
      expect(own(apply(planned.steps, existing, "provision"))).toEqual(own(apply(fresh.steps, [], "provision")));
    }),
    { numRuns: 200 },
  );
});

test("an export in clear, imported elsewhere, gives the same settings; one with masks changes nothing at home", () => {
  fc.assert(
    fc.property(worlds, modes, (existing, mode) => {
      const taken = existing.map(({ settings }) => settings.name);
      if (new Set(taken).size < taken.length) return;
      const exported = JSON.parse(
        JSON.stringify(existing.map(({ settings }) => exportedFields(settings, "clear"))),
      ) as unknown;
      const there = apply(stepsOf(plan(exported, [], mode)), [], mode);
      // How long a secret before this one still signs is not part of a file.
      const settingsOf = ({ settings }: KnownWebhook) => ({ ...settings, signing: settings.signing?.secret });
      expect(there.map(settingsOf)).toEqual(existing.map(settingsOf));
      const masked = existing.map(({ settings }) => exportedFields(settings, "masked"));
      expect(stepsOf(plan(masked, existing)).map(({ kind }) => kind)).toEqual(existing.map(() => "unchanged"));
    }),
    { numRuns: 200 },
  );
});

test("a file of a million mistakes is not read to its end", () => {
  const problems = problemsOf(plan(Array.from({ length: 2_000 }, () => entry({ events: Array(500).fill(7) }))));
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)?.message).toMatch(/over 900 more/);
});

test("an entry that holds too much is one problem, whatever the others are; the file itself may be long", () => {
  const many = Array.from({ length: 2_000 }, (_, n) => entry({ name: `n${n}` }));
  const large = entry({ events: Array(200_000).fill(7) });
  expect(plan([...many, large])).toEqual({
    kind: "bad",
    problems: [{ message: "events has more than 1000 entries", param: "[2000].events" }],
  });
});
