import { sizeText } from "@posthorn/core";
import { count } from "../ops/amounts.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { FolderFacts } from "./folders.ts";

const FREE_SHARE_WARNING = 0.1;
const FREE_SHARE_PROBLEM = 0.03;
const FILES_SHARE_WARNING = 0.9;

/** The folder of `npm start`: keys, and the data of its Redis. */
export function checkDataDir(facts: FolderFacts, isEmbedded: boolean): readonly Finding[] {
  if (facts.kind === "missing") {
    if (!isEmbedded) return [];
    return [
      problem(
        "data-dir",
        `DATA_DIR ${facts.path} cannot be read (${facts.code})`,
        "give the folder that npm start uses",
      ),
    ];
  }
  const findings = isEmbedded ? [checkDisk("data-dir", "DATA_DIR", facts)] : [];
  if (facts.isOpenToOthers) {
    findings.push(
      warning(
        "data-dir-mode",
        `DATA_DIR ${facts.path}, which holds keys, can be read by others`,
        `chmod 700 ${facts.path}`,
      ),
    );
  }
  return findings;
}

/** The folder of the archive, as it is seen from here. */
export function checkArchiveDir(facts: FolderFacts, maxFiles: number): readonly Finding[] {
  if (facts.kind === "missing") {
    return [
      warning(
        "archive-dir",
        `ARCHIVE_DIR ${facts.path} cannot be read (${facts.code})`,
        "a worker makes it if it can; otherwise make it, writable by the user of the workers",
      ),
    ];
  }
  const findings = [checkDisk("archive-dir", "ARCHIVE_DIR", facts)];
  if (!facts.isWritable) {
    findings.push(
      problem(
        "archive-dir-mode",
        `ARCHIVE_DIR ${facts.path} cannot be written to`,
        "give it to the user of the workers",
      ),
    );
  }
  const files = `ARCHIVE_DIR holds ${count(facts.archiveFiles)} of ${count(maxFiles)} files (ARCHIVE_MAX_FILES)`;
  const cure = "move or delete old ones, shorten ARCHIVE_KEEP, or raise ARCHIVE_MAX_FILES";
  if (facts.archiveFiles >= maxFiles) findings.push(problem("archive-files", `${files}: no more are written`, cure));
  else if (facts.archiveFiles >= maxFiles * FILES_SHARE_WARNING) findings.push(warning("archive-files", files, cure));
  else findings.push(ok("archive-files", files));
  return findings;
}

function checkDisk(
  check: string,
  name: string,
  { path, freeBytes, totalBytes }: Extract<FolderFacts, { kind: "there" }>,
): Finding {
  const share = totalBytes === 0 ? 1 : freeBytes / totalBytes;
  const text = `${sizeText(freeBytes)} (${Math.round(100 * share)} %) are free on the disk of ${name} ${path}`;
  const cure = "make room, or move it to a larger disk";
  if (share < FREE_SHARE_PROBLEM) return problem(check, text, cure);
  return share < FREE_SHARE_WARNING ? warning(check, text, cure) : ok(check, text);
}
