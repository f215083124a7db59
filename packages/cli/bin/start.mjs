#!/usr/bin/env node
// `npm start`: everything that Posthorn needs, from a fresh clone to a running service.
import { build, install } from "./set-up.mjs";

install({ quiet: false });
build({ quiet: false });
const { main } = await import("../dist/launcher.js");
await main(process.argv.slice(2));
