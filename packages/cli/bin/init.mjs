#!/usr/bin/env node
// The one-shot step of `docker compose up`, and `docker compose run --rm init show-key`; runs from an image that is built.
import { main } from "../dist/init.js";

process.exitCode = await main(process.argv.slice(2));
