import type { FieldName, FieldProblem } from "./field-problems.ts";
import type { WebhookFormValues } from "./form-values.ts";

interface VisibleOptions {
  readonly values: WebhookFormValues;
  readonly before: WebhookFormValues;
  /** True once somebody tried to send the form. */
  readonly isSubmitted: boolean;
}

/**
 * The problems that are shown. Of a form that nobody has tried to send, what is still empty as it was in the beginning
 * is no mistake yet.
 */
export function visibleProblems(problems: readonly FieldProblem[], options: VisibleOptions): FieldProblem[] {
  return problems.filter(({ field }) => options.isSubmitted || field === undefined || !isUntouched(field, options));
}

function isUntouched(field: FieldName, { values, before }: VisibleOptions): boolean {
  const value = valueAt(field, values);
  return isBlank(value) && JSON.stringify(value) === JSON.stringify(valueAt(field, before));
}

function valueAt(field: FieldName, values: WebhookFormValues): unknown {
  const name = field.startsWith("headers") ? "headers" : (field as keyof WebhookFormValues);
  return values[name];
}

function isBlank(value: unknown): boolean {
  return value === "" || (Array.isArray(value) && value.length === 0);
}
