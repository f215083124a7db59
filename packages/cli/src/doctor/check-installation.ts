import { describeBacklog } from "@posthorn/core";
import type { SecretBox } from "@posthorn/core";
import { LAYOUT } from "@posthorn/store";
import type { ReleaseCount, DataExamination } from "@posthorn/store";
import { counted } from "../ops/amounts.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const BACKLOG_WARNING = 0.75;
const BACKLOG_PROBLEM = 0.95;

/** Whether what is stored belongs to these processes: secret and layout. */
export function checkData(
  { secretCheck, layout }: Pick<DataExamination, "secretCheck" | "layout">,
  box: Pick<SecretBox, "checkValue" | "previousCheckValue">,
): readonly Finding[] {
  return [checkSecret(secretCheck, box), checkLayout(layout)];
}

function checkSecret(stored: string | undefined, box: Pick<SecretBox, "checkValue" | "previousCheckValue">): Finding {
  if (stored === undefined) return ok("secret", "Nothing is sealed yet: any POSTHORN_SECRET will do");
  if (stored === box.checkValue()) return ok("secret", "POSTHORN_SECRET opens what is stored");
  if (stored === box.previousCheckValue()) {
    return warning(
      "secret",
      "What is stored is sealed with POSTHORN_SECRET_PREVIOUS",
      "restart the workers, then the API processes: these seal it anew",
    );
  }
  return problem(
    "secret",
    "POSTHORN_SECRET differs from the one that webhooks are stored with: no process starts",
    "give every process the same one; while it is changed, also the one before as POSTHORN_SECRET_PREVIOUS",
  );
}

function checkLayout(layout: number): Finding {
  if (layout > LAYOUT) {
    return problem(
      "layout",
      `The data have layout ${layout}, of a later release than this one (${LAYOUT})`,
      "run the later release, or restore a backup that was made before the upgrade",
    );
  }
  const what = layout === 0 ? "The data have no layout noted yet" : `The data have layout ${layout}`;
  return layout === LAYOUT || layout === 0
    ? ok("layout", what)
    : warning("layout", `${what}, and this release has ${LAYOUT}`, "start this release, which brings them to it");
}

/** Who lives, and whether they are of one release. */
export function checkProcesses(
  { processes, sweepsAreLate }: Pick<DataExamination, "processes" | "sweepsAreLate">,
  ownRelease: string,
): readonly Finding[] {
  const sum = (of: (one: ReleaseCount) => number): number => processes.reduce((total, one) => total + of(one), 0);
  const [api, workers] = [sum((one) => one.api), sum((one) => one.workers)];
  const findings = [
    api > 0
      ? ok("api", `${counted(api, "API process", "API processes")} live`)
      : problem(
          "api",
          "No API process was heard of in the last 15 s: events are not taken",
          "start one, or see its log",
        ),
    workers > 0
      ? ok("workers", `${counted(workers, "worker")} live`)
      : problem("workers", "No worker was heard of in the last 15 s: nothing is sent", "start one, or see its log"),
  ];
  const releases = processes.map(({ release }) => release);
  if (releases.length > 1) {
    findings.push(
      warning("releases", `Processes of several releases run: ${releases.join(", ")}`, "finish the upgrade"),
    );
  } else if (releases.some((release) => release !== ownRelease)) {
    findings.push(
      warning(
        "releases",
        `The processes are of release ${releases.join()}, and this is ${ownRelease}`,
        "run the doctor of their release",
      ),
    );
  }
  if (workers > 0 && sweepsAreLate) {
    findings.push(
      warning(
        "sweep",
        "No sweep has ended for half a minute",
        "see the workers' logs for sweep.failed or queue.rebuilt",
      ),
    );
  }
  return findings;
}

/** How full the store is. */
export function checkBacklog(backlog: DataExamination["backlog"]): readonly Finding[] {
  if (backlog === undefined) {
    return [
      problem(
        "backlog-limit",
        "Redis tells neither its maxmemory nor its machine's memory: no process starts",
        "set BACKLOG_MAX_BYTES to what the store may take in",
      ),
    ];
  }
  const { fullest } = backlog;
  const share = fullest.usedBytes / fullest.limits.totalBytes;
  const text = `The store holds ${describeBacklog(backlog)}`;
  const cure = "see what waits (npm run ops -- backlogs); more memory for Redis raises the limit";
  if (share >= BACKLOG_PROBLEM) {
    return [problem("backlog", `${text}: events get 503, or soon will`, cure)];
  }
  if (share >= BACKLOG_WARNING) {
    return [warning("backlog", `${text}: the oldest batches of failing, inactive or paused webhooks overflow`, cure)];
  }
  switch (fullest.limits.basis) {
    case "setting-too-high":
    case "machine":
      return [warning("backlog-limit", text, "set maxmemory in Redis, and leave BACKLOG_MAX_BYTES unset")];
    case "maxmemory":
    case "setting":
      return [ok("backlog", text)];
  }
}

/** What waits for a file of the archive. */
export function checkSetAside(
  { batches, isWritten }: DataExamination["setAside"],
  isConfigured: boolean,
): readonly Finding[] {
  const waiting = `${counted(batches, "batch", "batches")} that expired or overflowed wait for a file`;
  if (batches > 0 && isWritten === false) {
    return [
      warning(
        "archive",
        `${waiting}, and no worker writes any`,
        "set ARCHIVE_DIR for a worker; they are let go after a day",
      ),
    ];
  }
  if (isConfigured && isWritten === false) {
    return [
      warning(
        "archive",
        "ARCHIVE_DIR is set here, but no worker writes files",
        "set it for the workers too, and restart them",
      ),
    ];
  }
  return isWritten === true
    ? [ok("archive", `What expires or overflows is written to files; ${batches} wait for that`)]
    : [];
}
