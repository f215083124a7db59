#!/usr/bin/env node
// The demo of `docker compose --profile demo up`: makes its webhook and plays a mail server; runs from an image that is
// built, and reads the API key as every command does.
import { main as simulate } from "../dist/simulate.js";
import { main as webhooks } from "../dist/webhooks.js";

const made = await webhooks(["import", "/etc/posthorn/demo-webhooks.json"]);
process.exitCode =
  made === 0 ? await simulate(["--rate", process.env.DEMO_RATE, "--duration", "24h", "--life", "1m"]) : made;
