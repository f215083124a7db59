#!/usr/bin/env node
// `node packages/cli/bin/run.mjs <command> …`: sets up quietly, then runs the command's `main`.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, install, ROOT } from "./set-up.mjs";

/** These run from the sources, so that a profile or a stack shows them. */
const FROM_SOURCES = {
  bench: "bench/main.ts",
  chaos: "test/chaos/main.ts",
  fuzz: "test/fuzz/main.ts",
  screenshots: "test/console/screenshots.ts",
};
const COMMANDS = ["simulate", "receiver", "keys", "webhooks", "ops", "doctor", "release", ...Object.keys(FROM_SOURCES)];

const [command, ...args] = process.argv.slice(2);
if (command === undefined || !COMMANDS.includes(command)) {
  console.error(`usage: npm run ${COMMANDS.join("|")} -- [options]`);
  process.exit(2);
}
install({ quiet: true });
build({ quiet: true });
if (command in FROM_SOURCES) runFromSources(FROM_SOURCES[command]);
else await runCommand();

function runFromSources(file) {
  if (!existsSync(join(ROOT, file))) {
    console.error(`${command} runs from the sources, which an image has not: run it in a clone of the repository`);
    process.exit(1);
  }
  const child = spawn(process.execPath, ["--conditions=posthorn-source", "--import", "tsx", file, ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => process.exit(code ?? 1));
}

async function runCommand() {
  const file = join(ROOT, "packages/cli/dist", `${command}.js`);
  if (!existsSync(file)) {
    console.error(`There is no command ${command} in this version: update your clone (git pull) and try again`);
    process.exit(1);
  }
  const { main } = await import(pathToFileURL(file).href);
  const code = await main(args);
  if (typeof code === "number") process.exitCode = code;
}
