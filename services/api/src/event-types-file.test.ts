import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@posthorn/runtime";
import { loadCatalogue } from "./event-types-file.ts";

const PAYMENT_FAILED = {
  type: "payment_failed",
  class: "billing_event",
  display_name: "Payment Failed",
  description: "A payment failed.",
  fields: { amount: { description: "How much, in cents.", sample: "1250" } },
};

const dir = mkdtempSync(join(tmpdir(), "posthorn-event-types-"));
const file = join(dir, "event-types.json");

afterAll(() => rmSync(dir, { recursive: true }));

function problemsOf(content: string | Buffer): readonly string[] {
  writeFileSync(file, content);
  try {
    loadCatalogue(file);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test("without a file there are the built-in types", () => {
  expect(loadCatalogue(undefined).types.size).toBe(29);
});

test("the types of the file are known as well, with or without a byte order mark", () => {
  for (const mark of ["", "\u{FEFF}"]) {
    writeFileSync(file, mark + JSON.stringify([PAYMENT_FAILED]));
    const { types, isKnown } = loadCatalogue(file);
    expect(types.size).toBe(30);
    expect(isKnown("payment_failed")).toBe(true);
  }
});

test("a bad file stops the start with every problem, each with the variable, the file and its place", () => {
  const content = JSON.stringify([PAYMENT_FAILED, { ...PAYMENT_FAILED, description: "" }, { type: "bounce" }]);
  const problems = problemsOf(content);
  for (const place of ["[1].type", "[1].description", "[2].type", "[2].class", "[2].fields"])
    expect(problems.filter((problem) => problem.startsWith(`EVENT_TYPES_FILE: ${file}: ${place}: `))).toHaveLength(1);
  expect(problemsOf("{")).toEqual([expect.stringMatching(/^EVENT_TYPES_FILE: .* is not valid JSON/)]);
  expect(problemsOf(Buffer.from([0x5b, 0xff, 0x5d]))).toEqual([expect.stringContaining("is not valid UTF-8")]);
});

test("the example of the README is a good file", () => {
  const readme = readFileSync(join(__dirname, "../../../README.md"), "utf8");
  const [, example = ""] = /### Add event types.*?```json\n(.*?)```/s.exec(readme) ?? [];
  writeFileSync(file, example);
  expect(loadCatalogue(file).isKnown("payment_failed")).toBe(true);
});

test("a file that cannot be read stops the start and says why", () => {
  expect(() => loadCatalogue(join(dir, "none.json"))).toThrow(
    /EVENT_TYPES_FILE: .*none\.json cannot be read \(ENOENT\)/,
  );
  expect(() => loadCatalogue(dir)).toThrow(/cannot be read \(EISDIR\)/);
});
