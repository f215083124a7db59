#!/usr/bin/env node
// `npm test`: installs what is missing, builds (end-to-end tests run the built services) and runs every test.
// Arguments go to Jest: `npm test -- --selectProjects unit`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { build, install, ROOT } from "./set-up.mjs";

install({ quiet: false });
build({ quiet: false });
if (process.argv[2] === "--only-set-up") process.exit(0);

const args = process.argv.slice(2);
/**
 * Tests of parts are kept apart from each other and run side by side; those of whole processes measure time and kill what
 * they have started, one after the other. Those of test/ha take many minutes: `npm run test:ha` asks for them.
 */
const sideBySide = `--maxWorkers=${Math.max(2, Math.floor(availableParallelism() / 2))}`;
const runs =
  args.length > 0
    ? [args.includes("--selectProjects") ? args : [...args, "--ignoreProjects", "ha"]]
    : [
        [sideBySide, "--selectProjects", "unit", "redis"],
        ["--selectProjects", "e2e"],
      ];

const folder = mkdtempSync(join(tmpdir(), "posthorn-test-"));
const results = runs.map((run, index) => jest(run, join(folder, `results-${index}.json`)));
rmSync(folder, { recursive: true, force: true });
const passed = sum((result) => result.passed);
const failed = sum((result) => result.failed);

/** One run of Jest: what it counted, and whether it was content. */
function jest(own, outputFile) {
  const { status } = spawnSync(
    process.execPath,
    // The client of the container engine may keep a connection, which must not keep a finished run alive.
    ["node_modules/jest/bin/jest.js", "--forceExit", "--json", `--outputFile=${outputFile}`, ...own],
    { cwd: ROOT, stdio: ["inherit", "ignore", "inherit"] },
  );
  return { isGood: status === 0, ...count(outputFile) };
}

/** A suite that could not even be loaded is one failure, though Jest counts no test of it. */
function count(outputFile) {
  try {
    const told = JSON.parse(readFileSync(outputFile, "utf8"));
    return { passed: told.numPassedTests, failed: told.numFailedTests + told.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

function sum(of) {
  return results.reduce((total, result) => total + of(result), 0);
}

if (passed + failed === 0) console.error("No test ran: look above for the reason, or give Jest a path that has tests");
console.log(`${passed} passed, ${failed} failed`);
process.exit(results.every(({ isGood }) => isGood) && failed === 0 && passed > 0 ? 0 : 1);
