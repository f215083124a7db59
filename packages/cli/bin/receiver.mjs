#!/usr/bin/env node
// The receiver of `docker compose --profile demo up`; runs from an image that is built.
import { main } from "../dist/receiver.js";

process.exitCode = await main(process.argv.slice(2));
