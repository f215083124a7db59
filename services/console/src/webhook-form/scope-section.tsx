import { NumberInput, Radio, Stack, TagsInput } from "@mantine/core";
import { FIELD_LABELS } from "./field-problems.ts";
import { fieldId } from "./form-part.ts";
import type { FormPart } from "./form-part.ts";
import { FormSection } from "./form-section.tsx";

/** Whose events a webhook gets. */
export function ScopeSection({ part: { values, set, problemAt } }: { readonly part: FormPart }) {
  return (
    <FormSection title="Subaccounts" description="Events may name the subaccount that they belong to.">
      <Radio.Group
        id={fieldId("scope")}
        label={FIELD_LABELS.scope}
        value={values.scope}
        onChange={(scope) => set("scope", scope)}
        error={problemAt("scope")}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="everybody" label="Everybody’s: the primary account and all subaccounts" />
          <Radio value="primary" label="The primary account’s only" />
          <Radio value="subaccount" label="One subaccount’s only" />
        </Stack>
      </Radio.Group>
      {values.scope === "subaccount" && (
        <NumberInput
          id={fieldId("subaccount")}
          label={FIELD_LABELS.subaccount}
          description="Its number."
          required
          maw={220}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          value={values.subaccount}
          onChange={(value) => set("subaccount", value)}
          error={problemAt("subaccount")}
        />
      )}
      {values.scope === "everybody" && (
        <TagsInput
          id={fieldId("exceptions")}
          label={`${FIELD_LABELS.exceptions} (optional)`}
          description="Numbers of up to ten subaccounts whose events it does not get; Enter adds one."
          value={[...values.exceptions]}
          onChange={(exceptions) => set("exceptions", exceptions)}
          error={problemAt("exceptions")}
          maxTags={10}
          splitChars={[",", " "]}
        />
      )}
    </FormSection>
  );
}
