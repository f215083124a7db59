export type Level = "ok" | "warning" | "problem";

/** One thing that was looked at. */
export interface Finding {
  /** A stable name, for scripts. */
  readonly check: string;
  readonly level: Level;
  /** What was found. */
  readonly text: string;
  /** What to change; absent where all is well. */
  readonly advice?: string;
}

export function ok(check: string, text: string): Finding {
  return { check, level: "ok", text };
}

export function warning(check: string, text: string, advice: string): Finding {
  return { check, level: "warning", text, advice };
}

export function problem(check: string, text: string, advice: string): Finding {
  return { check, level: "problem", text, advice };
}

/** All findings for people, the worst last, where the eye is. */
export function findingsText(findings: readonly Finding[]): string {
  const lines = LEVELS.flatMap((level) =>
    findings
      .filter((finding) => finding.level === level)
      .map(({ text, advice }) => `${level.padEnd(8)} ${text}${advice === undefined ? "" : `\n         → ${advice}`}`),
  );
  return [...lines, summary(findings)].join("\n");
}

const LEVELS: readonly Level[] = ["ok", "warning", "problem"];

function summary(findings: readonly Finding[]): string {
  const [warnings, problems] = (["warning", "problem"] as const).map(
    (level) => findings.filter((finding) => finding.level === level).length,
  );
  if (problems === 0 && warnings === 0) return "All is well.";
  return `${problems} problem${problems === 1 ? "" : "s"} and ${warnings} warning${warnings === 1 ? "" : "s"}.`;
}
