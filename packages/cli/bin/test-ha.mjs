#!/usr/bin/env node
// `npm run test:ha`: failover, lost writes and moving slots, then the tests of whole processes on each kind of Redis.
// `npm run test:ha -- cluster valkey` runs only those.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./set-up.mjs";

/** What runs on any kind of Redis; others have a Redis of their own. */
const ANYWHERE = [
  "test/e2e/archive",
  "test/e2e/console",
  "test/e2e/delivers-in-batches",
  "test/e2e/graceful-stop",
  "test/e2e/newer-layout",
  "test/e2e/nothing-secret",
  "test/e2e/readme-tutorial",
  "test/e2e/receiver-misbehaviour",
  "test/e2e/rolling-restarts",
  "test/e2e/rolling-upgrade",
  "test/e2e/speaks-the-whole-api",
  "test/e2e/store-limits",
  "test/e2e/survives-kills",
  "test/e2e/target-guard",
  "test/e2e/tracing",
  "test/e2e/webhooks-file",
  "services/api/src/any-input",
  "services/api/src/app",
  "services/api/src/batches",
  "services/api/src/facts",
  "services/api/src/metrics.redis",
  "services/api/src/pause-all",
  "services/api/src/sparkpost-client",
  "services/api/src/stats.redis",
  "services/api/src/subaccounts",
  "services/api/src/webhook-check",
  "services/api/src/webhook-events",
  "services/api/src/webhooks.redis",
  "services/api/src/webhooks-file",
  "services/worker/src/neighbours",
  "services/worker/src/notices/notices",
];

const valkey = process.env.TEST_VALKEY_SERVER ?? "valkey-server";

// One after the other: a Cluster has no databases that would keep tests apart.
const onEngine = (name) => ({
  env: { TEST_ENGINE: name },
  args: [...ANYWHERE, "--runInBand", "--selectProjects", "e2e", "redis"],
});

const RUNS = {
  failover: { env: {}, args: ["--runInBand", "--verbose", "--selectProjects", "ha"] },
  sentinel: onEngine("sentinel"),
  cluster: onEngine("cluster"),
  // It takes the place of Redis in all tests, of the shared one and of those that tests have of their own.
  valkey: {
    env: { TEST_ENGINE: "valkey", TEST_VALKEY_SERVER: valkey, TEST_REDIS_SERVER: valkey },
    args: ["--selectProjects", "e2e", "redis"],
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in RUNS));
if (unknown.length > 0) {
  console.error(`There is no run ${unknown.join(", ")}: name some of ${Object.keys(RUNS).join(", ")}, or none for all`);
  process.exit(2);
}

let isGood = true;
let passed = 0;
let failed = 0;
for (const [name, { env, args }] of Object.entries(RUNS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (name === "valkey" && spawnSync(valkey, ["--version"]).status !== 0) {
    console.error("valkey: skipped, no valkey-server here: install it, or name one in TEST_VALKEY_SERVER");
    continue;
  }
  console.error(`\n${name}:`);
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "packages/cli/bin/test.mjs"), ...args], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const counted = /^(\d+) passed, (\d+) failed$/m.exec(stdout);
  // It has got no further than the build, which says why.
  if (counted === null) process.stderr.write(stdout);
  const [, good = 0, bad = 0] = counted ?? [];
  console.error(`${name}: ${good} passed, ${bad} failed`);
  passed += Number(good);
  failed += Number(bad);
  isGood &&= status === 0;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(isGood ? 0 : 1);
