import type { ReactNode } from "react";
import { Anchor, Code, Switch, Text } from "@mantine/core";
import { exactTime } from "../shared/format-time.ts";
import { fieldId } from "./form-part.ts";
import type { FormPart } from "./form-part.ts";
import { FormSection } from "./form-section.tsx";
import { MASK } from "./form-values.ts";
import { SecretInput } from "./secret-input.tsx";

export interface SigningSectionProps {
  readonly part: FormPart;
  /** Until when the secret before signs, too. */
  readonly previousUntil: string | undefined;
  /** Offers to change the stored secret; absent where there is none. */
  readonly rotate: ReactNode;
}

export function SigningSection({ part, previousUntil, rotate }: SigningSectionProps) {
  const { values, set, problemAt } = part;
  const isStored = values.signingSecret === MASK;
  return (
    <FormSection
      title="Signature"
      description={
        <>
          With a signature the target can check that a batch is genuine and unchanged. It is made as{" "}
          <Anchor href="https://www.standardwebhooks.com" target="_blank" rel="noreferrer" inherit underline="always">
            Standard Webhooks
          </Anchor>{" "}
          says: there are libraries for it in most languages.
        </>
      }
    >
      <Switch
        id={fieldId("isSigned")}
        label="Sign every batch"
        checked={values.isSigned}
        onChange={(event) => set("isSigned", event.currentTarget.checked)}
      />
      {values.isSigned && !isStored && (
        <SecretInput
          id={fieldId("signingSecret")}
          label="Signing secret (optional)"
          description="Leave it empty: a secret is made, and shown once when the webhook is saved."
          placeholder="whsec_…"
          value={values.signingSecret}
          onChange={(value) => set("signingSecret", value)}
          error={problemAt("signingSecret")}
          isStored={false}
        />
      )}
      {values.isSigned && isStored && (
        <>
          <Text size="sm">
            The target checks <Code>webhook-signature</Code> with the secret that was shown when it was made.
            {previousUntil !== undefined && <> The secret before it signs, too, until {exactTime(previousUntil)}.</>}
          </Text>
          {rotate}
        </>
      )}
      {!values.isSigned && isStored && (
        <Text size="sm">When this is saved, the stored secret is gone, and batches are sent without a signature.</Text>
      )}
    </FormSection>
  );
}
