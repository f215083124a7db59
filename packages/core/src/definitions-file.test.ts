import { definitionId, parseDefinitions, readDefinitions } from "./definitions-file.ts";

/** As an on-premises Momentum has it (facts §7.2). */
const MOMENTUM = `[
  { "name": "CRM", "target": "https://crm.example.com/events", "events": ["delivery", "bounce"], "auth_token": "s3cret" },
  { "target": "https://log.example.com/", "events": ["injection"], "custom_headers": { "X-Key": "k" } }
]
`;

test("a webhook of a Momentum webhooks.json is told by its name, else by its target", () => {
  const { entries, problems } = parseDefinitions(MOMENTUM);
  expect(problems).toEqual([]);
  expect(entries.map(({ position, identity }) => [position, identity])).toEqual([
    [0, { kind: "name", text: "CRM" }],
    [1, { kind: "target", text: "https://log.example.com/" }],
  ]);
  expect(entries[0]?.fields).toEqual((JSON.parse(MOMENTUM) as unknown[])[0]);
});

test("what editors on Windows put before a text is no part of it", () => {
  expect(parseDefinitions(`\u{FEFF}${MOMENTUM}`)).toEqual(parseDefinitions(MOMENTUM));
});

test("an empty list has nothing wrong with it", () => {
  expect(parseDefinitions("[]")).toEqual({ entries: [], problems: [] });
});

test.each([
  ["", /not valid JSON/],
  ["[", /not valid JSON/],
  ["{}", /not a JSON list/],
  ["null", /not a JSON list/],
  ["[".repeat(100_000), /nests deeper/],
  ['[{"name":"a"},{"name":"b","name":"c"}]', /twice in one object/],
])("%p is no file of definitions", (text, message) => {
  expect(parseDefinitions(text)).toEqual({
    entries: [],
    problems: [expect.objectContaining({ message: expect.stringMatching(message) })],
  });
});

test("a name that an object has twice is told with its place", () => {
  expect(parseDefinitions('[{"name":"a"},{"name":"b","name":"c"}]').problems[0]?.param).toBe("[1].name");
});

test("everything that is wrong with a list is told at once, and the rest is read", () => {
  const { entries, problems } = readDefinitions([
    7,
    { name: "a", target: "https://a.example/" },
    { name: "a", target: "https://b.example/" },
    { target: "https://c.example/" },
    null,
    { target: "https://c.example/" },
    { name: "https://c.example/" },
    {},
    {},
    { name: 7, target: "https://a.example/" },
    [],
  ]);
  expect(entries.map(({ position }) => position)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
  expect(problems.map(({ param }) => param)).toEqual(["[0]", "[2].name", "[4]", "[5].target", "[6].name", "[10]"]);
  expect(problems[1]?.message).toMatch(/^\[1\] and \[2\] have the same name:/);
  expect(problems[3]?.message).toMatch(/^\[3\] and \[5\] have the same target, and no name:/);
});

test("the id of an identity is always the same, and another one for every other", () => {
  // A change here would make every webhook of every file anew.
  expect(definitionId("CRM")).toBe("bbf89563-a993-503b-8f6e-23ac42a738df");
  expect(definitionId("CRM ")).not.toBe(definitionId("CRM"));
});
