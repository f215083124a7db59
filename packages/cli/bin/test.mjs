#!/usr/bin/env node
// `npm test`: installs what is missing, builds (end-to-end tests run the built services) and runs every test.
// Arguments go to Jest: `npm test -- --selectProjects unit`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, install, ROOT } from "./set-up.mjs";

install({ quiet: false });
build({ quiet: false });
if (process.argv[2] === "--only-set-up") process.exit(0);

const args = process.argv.slice(2);
// They take many minutes: `npm run test:ha` asks for them.
const others = args.includes("--selectProjects") ? [] : ["--ignoreProjects", "ha"];

const folder = mkdtempSync(join(tmpdir(), "posthorn-test-"));
const outputFile = join(folder, "results.json");
const { status } = spawnSync(
  process.execPath,
  // The client of the container engine may keep a connection, which must not keep a finished run alive.
  ["node_modules/jest/bin/jest.js", "--forceExit", "--json", `--outputFile=${outputFile}`, ...args, ...others],
  { cwd: ROOT, stdio: ["inherit", "ignore", "inherit"] },
);

/** A suite that could not even be loaded is one failure, though Jest counts no test of it. */
function count() {
  try {
    const results = JSON.parse(readFileSync(outputFile, "utf8"));
    return { passed: results.numPassedTests, failed: results.numFailedTests + results.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

const { passed, failed } = count();
rmSync(folder, { recursive: true, force: true });
if (passed + failed === 0) console.error("No test ran: look above for the reason, or give Jest a path that has tests");
console.log(`${passed} passed, ${failed} failed`);
process.exit(status === 0 && failed === 0 && passed > 0 ? 0 : 1);
