import type { Log } from "@posthorn/runtime";
import type { StepResult } from "./report.ts";

/**
 * One line for a step that was taken, and one for each warning. Neither values of fields nor answers of targets are
 * logged, since both may hold secrets.
 */
export function logStep(log: Pick<Log, "info" | "warn" | "debug">, result: StepResult): void {
  const { id: webhook, name, kind } = result.step;
  if (result.kind === "failed") {
    log.warn(
      { webhook, name, step: kind, problems: result.problems.map(({ message }) => message) },
      "definition.failed",
    );
    return;
  }
  switch (kind) {
    case "unchanged":
      log.debug({ webhook, name }, "definition.unchanged");
      break;
    case "create":
      log.info({ webhook, name }, "definition.created");
      if (result.step.namesakes > 0) {
        const problem = "Others have this name or target and are left alone: give the entry a name that is its own";
        log.warn({ webhook, name, webhooks: result.step.namesakes, problem }, "definition.ambiguous");
      }
      break;
    case "update":
      log.info({ webhook, name, fields: result.step.changes.map(({ field }) => field) }, "definition.updated");
      break;
    case "remove":
      log.info({ webhook, name }, "definition.removed");
  }
  for (const { message, description } of result.changed?.warnings ?? []) {
    log.warn({ webhook, name, problem: message, description }, "definition.target-failed");
  }
}
