import type { ReactNode } from "react";
import { TextInput } from "@mantine/core";
import { FIELD_LABELS } from "./field-problems.ts";
import { textField } from "./form-part.ts";
import type { FormPart } from "./form-part.ts";
import { FormSection } from "./form-section.tsx";

export interface BasicsSectionProps {
  readonly part: FormPart;
  /** What the target answered to the test POST, if it refused. */
  readonly refusal: ReactNode;
}

export function BasicsSection({ part, refusal }: BasicsSectionProps) {
  return (
    <FormSection title="Name and target">
      <TextInput
        {...textField(part, "name")}
        label={FIELD_LABELS.name}
        description="What people call it."
        placeholder="CRM"
        required
        autoComplete="off"
      />
      <TextInput
        {...textField(part, "target")}
        label={FIELD_LABELS.target}
        description="Where batches of events are POSTed to. It has to answer a test POST with a 2xx status first."
        placeholder="https://example.com/my/webhook"
        required
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
      />
      {refusal}
    </FormSection>
  );
}
