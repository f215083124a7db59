import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");

/** The guarantees of ARCHITECTURE.md: `G1 …`. */
const guarantees = [...readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8").matchAll(/^\| (G\d+) +\| (.+?) +\|$/gm)].map(
  ([, number, text]) => `${number} ${text}`,
);

const tests = ["packages", "services", "test"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
  .map((file) => readFileSync(join(ROOT, file), "utf8"))
  .join("\n");

test("there are guarantees", () => {
  expect(guarantees.length).toBeGreaterThan(5);
});

test.each(guarantees)("%s: has a test of that title", (title) => {
  expect(tests.includes(`test("${title}"`)).toBe(true);
});
