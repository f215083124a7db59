import type { ReactNode } from "react";
import { Input, SegmentedControl, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { MONO_INPUT } from "../shared/mono-input.ts";
import { FIELD_LABELS } from "./field-problems.ts";
import { fieldId, textField } from "./form-part.ts";
import type { FormPart } from "./form-part.ts";
import { FormSection } from "./form-section.tsx";
import { MASK } from "./form-values.ts";
import type { AuthType, WebhookFormValues } from "./form-values.ts";
import { SecretInput } from "./secret-input.tsx";

export interface AuthenticationSectionProps {
  readonly part: FormPart;
  /** As the form was at first: it tells which secrets are stored. */
  readonly before: WebhookFormValues;
  /** What the token URL answered, if it gave no token. */
  readonly refusal: ReactNode;
}

const KINDS: readonly { readonly value: AuthType; readonly label: string }[] = [
  { value: "none", label: "None" },
  { value: "basic", label: "Basic" },
  { value: "oauth2", label: "OAuth 2.0" },
];

const KIND_MEANING: Readonly<Record<AuthType, string>> = {
  none: "No Authorization header is sent.",
  basic: "User name and password are sent with each batch.",
  oauth2:
    "A token is fetched with client credentials and sent as Bearer; when the target refuses it, a new one is fetched.",
};

export function AuthenticationSection({ part, before, refusal }: AuthenticationSectionProps) {
  const { values, set, problemAt } = part;
  return (
    <FormSection title="Authentication" description="How the target knows that a batch comes from this Posthorn.">
      <SecretInput
        id={fieldId("authToken")}
        label={`${FIELD_LABELS.authToken} (optional)`}
        description="Goes out as X-MessageSystems-Webhook-Token, besides the authorization below. Empty: none is sent."
        value={values.authToken}
        onChange={(value) => set("authToken", value)}
        error={problemAt("authToken")}
        isStored={before.authToken === MASK}
      />
      <Input.Wrapper
        label={FIELD_LABELS.authType}
        labelElement="div"
        description={KIND_MEANING[values.authType]}
        error={problemAt("authType")}
        inputWrapperOrder={["label", "input", "description", "error"]}
      >
        <div>
          <SegmentedControl
            id={fieldId("authType")}
            aria-label={FIELD_LABELS.authType}
            data={[...KINDS]}
            value={values.authType}
            onChange={(kind) => set("authType", kind)}
          />
        </div>
      </Input.Wrapper>
      {values.authType === "basic" && <Basic part={part} before={before} />}
      {values.authType === "oauth2" && <OAuth part={part} before={before} refusal={refusal} />}
    </FormSection>
  );
}

function Basic({ part, before }: Omit<AuthenticationSectionProps, "refusal">) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput {...textField(part, "username")} label={FIELD_LABELS.username} required autoComplete="off" />
      <SecretInput
        id={fieldId("password")}
        label={FIELD_LABELS.password}
        value={part.values.password}
        onChange={(value) => part.set("password", value)}
        error={part.problemAt("password")}
        isStored={before.password === MASK}
      />
    </SimpleGrid>
  );
}

function OAuth({ part, before, refusal }: AuthenticationSectionProps) {
  return (
    <Stack gap="md">
      <TextInput
        {...textField(part, "tokenUrl")}
        label={FIELD_LABELS.tokenUrl}
        description="Where tokens come from."
        placeholder="https://login.example.com/oauth/token"
        required
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
      />
      {refusal}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput {...textField(part, "clientId")} label={FIELD_LABELS.clientId} autoComplete="off" />
        <SecretInput
          id={fieldId("clientSecret")}
          label={FIELD_LABELS.clientSecret}
          value={part.values.clientSecret}
          onChange={(value) => part.set("clientSecret", value)}
          error={part.problemAt("clientSecret")}
          isStored={before.clientSecret === MASK}
        />
      </SimpleGrid>
      <TextInput {...textField(part, "grantType")} label={FIELD_LABELS.grantType} autoComplete="off" />
      <Textarea
        {...textField(part, "tokenExtras")}
        label={`${FIELD_LABELS.tokenExtras} (optional)`}
        description={`A JSON object, for what else the token URL asks for. Stored secrets stand as ${MASK} and stay as they are.`}
        placeholder='{"scope": "events"}'
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        styles={MONO_INPUT}
      />
    </Stack>
  );
}
