#!/usr/bin/env node
// `docker compose run --rm doctor`; runs from an image that is built.
import { main } from "../dist/doctor.js";

process.exitCode = await main(process.argv.slice(2));
