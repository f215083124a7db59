import { MASK } from "@posthorn/core";
import type { DefinitionsReport } from "@posthorn/core";
import { reportText } from "./report-text.ts";

const NOTHING: DefinitionsReport = {
  dry_run: false,
  created: [],
  updated: [],
  removed: [],
  unchanged: 0,
  warnings: [],
  failed: [],
};
const ID = "39ad00cf-c903-5e03-b4f2-fb3c3cbaa95c";

test("each webhook that is touched has a line, with what changes below it", () => {
  const report: DefinitionsReport = {
    ...NOTHING,
    created: [{ id: ID, name: "new", signing: { secret: "whsec_x" } }],
    updated: [
      {
        id: ID,
        name: "the CRM",
        changes: [
          { field: "events", from: ["open"], to: ["open", "click"] },
          { field: "auth_token", from: MASK, to: MASK },
          { field: "custom_headers", from: {}, to: { "X-Key": MASK } },
          { field: "tls_ca", from: null, to: "x".repeat(200) },
        ],
      },
    ],
    unchanged: 3,
    warnings: [{ id: ID, name: "new", message: "It does not answer", description: "Start it." }],
    failed: [{ name: "gone", errors: [{ message: "Resource could not be found" }] }],
  };
  expect(reportText(report).split("\n")).toEqual([
    "         NAME     ID",
    `created  new      ${ID}`,
    "    its signing secret, shown this once: whsec_x",
    `updated  the CRM  ${ID}`,
    '    events: ["open"] → ["open","click"]',
    "    auth_token: another secret",
    `    custom_headers: {} → {"X-Key":"${MASK}"}`,
    `    tls_ca: null → "${"x".repeat(99)}…`,
    `warning  new      ${ID}`,
    "    It does not answer Start it.",
    "    It is stored all the same; with --insist it would not be.",
    "FAILED   gone",
    "    Resource could not be found",
    "1 created, 1 updated, 0 removed, 3 unchanged, 1 failed",
  ]);
});

test("where nothing is touched, only the sum is told; that of a dry run says what it is", () => {
  expect(reportText({ ...NOTHING, unchanged: 2 })).toBe("0 created, 0 updated, 0 removed, 2 unchanged, 0 failed");
  expect(reportText({ ...NOTHING, dry_run: true })).toMatch(/^A dry run, nothing was changed\. It would be: 0 created/);
});
