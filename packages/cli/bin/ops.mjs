#!/usr/bin/env node
// `docker compose exec api node packages/cli/bin/ops.mjs <command>`; runs from an image that is built.
import { main } from "../dist/ops.js";

process.exitCode = await main(process.argv.slice(2));
