import { sizeText } from "@posthorn/core";
import type { MasterExamination, RedisExamination } from "@posthorn/store";
import { count } from "../ops/amounts.ts";
import { isNewEnough, OLDEST_REDIS } from "../redis/redis-version.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const MEMORY_SHARE_WARNING = 0.8;
const MEMORY_SHARE_PROBLEM = 0.92;
const SLOTS = 16_384;
/** Beyond it, Posthorn takes the clock of Redis to have jumped. */
const CLOCK_APART_PROBLEM_MS = 30_000;
const CLOCK_APART_WARNING_MS = 2_000;
const WRITE_WARNING_MS = 25;
const WRITE_PROBLEM_MS = 500;

/** Everything about each Redis itself. */
export function checkRedis(examination: RedisExamination): readonly Finding[] {
  const { masters, away, slotsServed, durability, durabilityRefusal } = examination;
  return [
    ...checkSlots(slotsServed),
    ...away.map((place) =>
      problem(
        "redis-reachable",
        `The master ${place} of the Cluster does not answer`,
        "start it, or let a replica take over",
      ),
    ),
    ...masters.flatMap((master) => checkMaster(master, masters.length > 1)),
    checkDurability(durability, durabilityRefusal),
    ...checkClocks(masters),
  ];
}

function checkSlots(served: number | undefined): readonly Finding[] {
  if (served === undefined) return [];
  const text = `${count(served)} of the Cluster's ${count(SLOTS)} slots are served`;
  return [
    served === SLOTS
      ? ok("cluster", text)
      : problem(
          "cluster",
          text,
          "start the masters that are away, or let replicas take over: redis-cli --cluster check",
        ),
  ];
}

function checkDurability(durability: string, refusal: string | undefined): Finding {
  if (refusal !== undefined) return problem("durability", refusal, "change Redis so, or DURABILITY");
  return ok("durability", `What is acknowledged: ${durability}`);
}

function checkMaster(master: MasterExamination, isOneOfSeveral: boolean): readonly Finding[] {
  const who = isOneOfSeveral ? `${master.product} at ${master.place}` : master.product;
  return [
    isNewEnough(master.version)
      ? ok("redis-version", who)
      : problem("redis-version", `${who} is too old`, `upgrade to ${OLDEST_REDIS} or newer`),
    ...checkPersistence(master, who),
    ...checkMemory(master, who),
    checkWrites(master, who),
  ];
}

function checkPersistence(master: MasterExamination, who: string): readonly Finding[] {
  const findings: Finding[] = [];
  const set = (setting: string): string => `CONFIG SET ${setting} at ${who}, and the same in its configuration file`;
  if (master.appendOnly === false) {
    const isLost = master.settings !== undefined && master.settings.save === "";
    findings.push(
      problem(
        "appendonly",
        isLost
          ? `${who} keeps nothing on disk: all is lost when it stops`
          : `${who} writes snapshots only: what came since the last one is lost when it stops`,
        set("appendonly yes"),
      ),
    );
  }
  if (master.settings === undefined) {
    findings.push(
      warning(
        "redis-settings",
        `${who} does not show its settings (CONFIG is refused)`,
        "see with its provider that appendonly is yes, appendfsync always, and maxmemory-policy noeviction",
      ),
    );
  } else if (master.appendOnly === true) {
    findings.push(...checkAppendOnlyFile(master.settings, who, set));
  }
  if (master.lastAppendFailed) {
    findings.push(problem("aof-write", `${who} could not write its append-only file`, "look at its log and its disk"));
  }
  if (master.lastRewriteFailed) {
    findings.push(
      warning(
        "aof-rewrite",
        `${who} could not rewrite its append-only file, which grows`,
        "look at its log, disk and memory",
      ),
    );
  }
  if (master.lastSnapshotFailed) {
    findings.push(warning("snapshot", `${who} could not write its last snapshot`, "look at its log, disk and memory"));
  }
  return findings;
}

function checkAppendOnlyFile(
  settings: NonNullable<MasterExamination["settings"]>,
  who: string,
  set: (setting: string) => string,
): readonly Finding[] {
  const { appendfsync } = settings;
  const findings: Finding[] = [];
  if (appendfsync === "always") {
    findings.push(ok("appendfsync", `${who} has every write on disk before it answers (appendfsync always)`));
  } else {
    const isLeft = appendfsync === "no";
    findings.push(
      (isLeft ? problem : warning)(
        "appendfsync",
        `${who} has appendfsync ${appendfsync}: ${isLeft ? "half a minute" : "about a second"} of acknowledged events may be lost in a crash`,
        `${set("appendfsync always")}, or let answers wait for the disk by DURABILITY=fsync`,
      ),
    );
  }
  if (settings["no-appendfsync-on-rewrite"] === "yes") {
    findings.push(
      warning(
        "no-appendfsync-on-rewrite",
        `${who} writes nothing to disk while it rewrites its append-only file (no-appendfsync-on-rewrite yes)`,
        set("no-appendfsync-on-rewrite no"),
      ),
    );
  }
  return findings;
}

function checkMemory(master: MasterExamination, who: string): readonly Finding[] {
  const { usedMemoryBytes: used, maxMemoryBytes: max, machineMemoryBytes: machine, evictedKeys } = master;
  const findings: Finding[] = [];
  const policy = master.settings?.["maxmemory-policy"];
  if (policy !== undefined && policy !== "noeviction") {
    findings.push(
      problem(
        "maxmemory-policy",
        `${who} deletes stored events when memory runs short (maxmemory-policy ${policy})`,
        `CONFIG SET maxmemory-policy noeviction at ${who}, and the same in its configuration file`,
      ),
    );
  }
  if (evictedKeys > 0) {
    findings.push(
      problem(
        "evicted",
        `${who} has evicted ${evictedKeys} keys since its start: events may be lost`,
        "set maxmemory-policy noeviction; batches that lack something are logged by workers (MissingChunkError)",
      ),
    );
  }
  if (max === 0) {
    findings.push(
      warning(
        "maxmemory",
        `${who} has no maxmemory: its machine may run out of memory before Posthorn makes room`,
        "set maxmemory to 40 % of the machine's memory or less",
      ),
    );
    return findings;
  }
  const share = used / max;
  const text = `${who} uses ${sizeText(used)} of ${sizeText(max)} (${Math.round(100 * share)} % of maxmemory)`;
  const cure = "raise maxmemory, lower BACKLOG_MAX_BYTES, or see what waits: npm run ops -- backlogs";
  if (share >= MEMORY_SHARE_PROBLEM) findings.push(problem("memory", text, cure));
  else if (share >= MEMORY_SHARE_WARNING) findings.push(warning("memory", text, cure));
  else findings.push(ok("memory", text));
  if (machine > 0 && 2 * max > machine && master.appendOnly !== false) {
    findings.push(
      warning(
        "memory-headroom",
        `${who} may use ${sizeText(max)} of its machine's ${sizeText(machine)}: a rewrite of a full Redis may need as much again`,
        "leave half of the machine's memory free, or give it more",
      ),
    );
  }
  return findings;
}

function checkWrites({ write }: MasterExamination, who: string): Finding {
  switch (write.kind) {
    case "refused":
      return problem("write", `${who} refuses a write: ${write.why}`, "see whether it is full, or a replica");
    case "unconfirmed":
      return problem(
        "write",
        `${who} does not confirm a write within 2 s as DURABILITY wants it`,
        "see its disk, or its replicas: events get 503 meanwhile",
      );
    case "written": {
      const text = `A write to ${who} takes ${shown(write.medianMs)} as a rule, and took ${shown(write.slowestMs)} once`;
      const cure = "give Redis a faster disk, and the processes a shorter way to it";
      if (write.medianMs >= WRITE_PROBLEM_MS) return problem("write", text, cure);
      return write.medianMs >= WRITE_WARNING_MS ? warning("write", text, cure) : ok("write", text);
    }
  }
}

function shown(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function checkClocks(masters: readonly MasterExamination[]): readonly Finding[] {
  const ahead = masters.map(({ clockAheadMs }) => clockAheadMs);
  const uncertaintyMs = Math.max(0, ...masters.map(({ clockUncertaintyMs }) => clockUncertaintyMs));
  const apart = Math.max(0, ...ahead.map(Math.abs)) - uncertaintyMs;
  const cure = "let every machine take its time from NTP";
  const findings = [
    apart < CLOCK_APART_WARNING_MS
      ? ok("clock", "The clock of Redis agrees with this machine's")
      : (apart >= CLOCK_APART_PROBLEM_MS ? problem : warning)(
          "clock",
          `The clock of Redis is ${Math.round(apart / 1_000)} s away from this machine's`,
          `${cure}: only that of Redis counts, and logs and records tell of different times`,
        ),
  ];
  const spreadMs = Math.max(...ahead) - Math.min(...ahead) - 2 * uncertaintyMs;
  if (masters.length > 1 && spreadMs >= CLOCK_APART_WARNING_MS) {
    findings.push(warning("clocks", `The masters' clocks are ${Math.round(spreadMs / 1_000)} s apart`, cure));
  }
  return findings;
}
