#!/usr/bin/env node
// Health of a container: succeeds when the service in it answers /readyz with 200. Which port that is depends on the
// service, so compose passes it: `healthcheck.mjs PORT` or `healthcheck.mjs WORKER_PORT`.
const variable = process.argv[2] ?? "PORT";
const port = process.env[variable] || (variable === "PORT" ? "8080" : "8081");

if (port !== "0") {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(3_000) });
    if (response.status !== 200) fail(`${response.status} ${await response.text()}`);
  } catch (error) {
    fail(error.cause?.message ?? error.message);
  }
}

function fail(reason) {
  console.error(`not ready on port ${port}: ${reason}`);
  process.exit(1);
}
