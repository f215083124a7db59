import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { FSYNC_MODES, setFsyncMode } from "./support/durability.ts";
import { isMet, print } from "./report.ts";
import type { Report } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";

const list = Object.entries(SCENARIOS).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`);
const HELP = `npm run bench [scenario …] -- [--runs 3] [--tiny] [--appendfsync always]

Measures Posthorn on this machine, everything on loopback: generator, services, Redis (appendfsync always) and targets.
Without a scenario all of them are run, which takes about half an hour.

${list.join("\n")}

--runs   how often each case is measured, in turns; figures are medians
--tiny   so little of everything that the figures mean nothing: shows that a scenario works
--appendfsync   always, everysec or no: what of a figure is the disk's; only always is what Posthorn promises`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "" },
    tiny: { type: "boolean", default: false },
    appendfsync: { type: "string", default: "always" },
    help: { type: "boolean", default: false },
  },
});
const names = positionals.length === 0 ? Object.keys(SCENARIOS) : positionals;
const unknown = names.filter((name) => SCENARIOS[name] === undefined);
const runs = values.runs === "" ? (values.tiny ? 1 : 3) : Number(values.runs);
const fsync = FSYNC_MODES.find((mode) => mode === values.appendfsync);
if (values.help || fsync === undefined || unknown.length > 0 || !(runs >= 1)) {
  if (unknown.length > 0) console.error(`There is no scenario ${unknown.join(", ")}.\n`);
  if (!(runs >= 1)) console.error(`--runs takes a number from 1 on, not ${values.runs}.\n`);
  if (fsync === undefined) console.error(`--appendfsync is ${FSYNC_MODES.join(", ")}, not ${values.appendfsync}.\n`);
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

setFsyncMode(fsync);
console.log(
  `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}, ` +
    `Redis with appendfsync ${fsync}`,
);
const reports: Report[] = [];
for (const name of names) {
  const report = await SCENARIOS[name]?.run({ isTiny: values.tiny, runs });
  if (report === undefined) continue;
  print(report, { isTiny: values.tiny });
  reports.push(report);
}
const goals = reports.flatMap((report) => report.goals);
if (!values.tiny) console.log(`\n${goals.filter(isMet).length} of ${goals.length} goals met`);
