import type { CreatedDefinition, DefinitionsReport, DefinitionStep, Problem } from "@posthorn/core";
import type { ChangedWebhook } from "../webhooks/change-webhook.ts";

/** What came of one step. */
export type StepResult =
  /** `changed` is what a create or update came to, where one was made. */
  | { readonly kind: "done"; readonly step: DefinitionStep; readonly changed: ChangedWebhook | undefined }
  | { readonly kind: "failed"; readonly step: DefinitionStep; readonly problems: readonly Problem[] };

/** The answer of `PUT /definitions`. */
export function reportOf(
  results: readonly StepResult[],
  { isDryRun }: { readonly isDryRun: boolean },
): DefinitionsReport {
  const done = results.flatMap((result) => (result.kind === "done" ? [result] : []));
  return {
    dry_run: isDryRun,
    created: done.flatMap(({ step, changed }) => (step.kind === "create" ? [created(step, changed)] : [])),
    updated: done.flatMap(({ step, changed }) =>
      step.kind === "update" ? [{ ...created(step, changed), changes: step.changes }] : [],
    ),
    removed: done.flatMap(({ step }) => (step.kind === "remove" ? [{ id: step.id, name: step.name }] : [])),
    unchanged: done.filter(({ step }) => step.kind === "unchanged").length,
    warnings: done.flatMap(({ step: { id, name }, changed }) =>
      (changed?.warnings ?? []).map((problem) => ({ id, name, ...problem })),
    ),
    failed: results.flatMap((result) =>
      result.kind === "failed" ? [{ name: result.step.name, errors: result.problems }] : [],
    ),
  };
}

function created({ id, name }: DefinitionStep, changed: ChangedWebhook | undefined): CreatedDefinition {
  const secret = changed?.generatedSecret;
  return { id, name, ...(secret === undefined ? {} : { signing: { secret } }) };
}
