import type { ChangeEvent } from "react";
import type { FieldName } from "./field-problems.ts";
import type { WebhookFormValues } from "./form-values.ts";

/** What each section of the form gets. */
export interface FormPart {
  readonly values: WebhookFormValues;
  readonly set: <Name extends keyof WebhookFormValues>(name: Name, value: WebhookFormValues[Name]) => void;
  /** What is wrong with a field, as far as it is to be shown. */
  readonly problemAt: (field: FieldName) => string | undefined;
}

type TextName = {
  [Name in keyof WebhookFormValues]: WebhookFormValues[Name] extends string
    ? string extends WebhookFormValues[Name]
      ? Name
      : never
    : never;
}[keyof WebhookFormValues];

/** Where a field is in the page: a link to it goes there. */
export function fieldId(field: FieldName): string {
  return `webhook-${field.replace(".", "-")}`;
}

/** What an input for a text needs. */
export function textField({ values, set, problemAt }: FormPart, name: TextName) {
  return {
    id: fieldId(name),
    value: values[name],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => set(name, event.currentTarget.value),
    error: problemAt(name),
  };
}

/** Brings a field into view and puts the focus on it, also when it lies in what is folded up. */
export function focusField(field: FieldName): void {
  const place = document.getElementById(fieldId(field));
  if (place === null) return;
  const folded = place.closest("details");
  if (folded !== null) folded.open = true;
  const input = place.matches(INPUTS) ? place : (place.querySelector<HTMLElement>(INPUTS) ?? place);
  input.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
}

const INPUTS = "input, textarea, button, select";
