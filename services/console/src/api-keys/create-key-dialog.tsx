import { useState } from "react";
import type { FormEvent } from "react";
import { Button, Checkbox, Group, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import type { Grant, NewApiKeyView } from "@posthorn/api/views";
import { problemsOf } from "../api/api-error.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { ShownOnce } from "../shared/shown-once.tsx";
import { useNow } from "../shared/ticking-clock.ts";
import { useCreateApiKey } from "./api-key-queries.ts";
import { EMPTY_KEY, EXPIRIES, GRANTS_EXPLAINED, impliedGrants, keyProblemAt, newKeyBody } from "./new-key.ts";
import type { NewKeyValues } from "./new-key.ts";

/** Makes a key, and shows it once. */
export function CreateKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [created, setCreated] = useState<NewApiKeyView | undefined>(undefined);
  if (created === undefined) return <KeyForm onClose={onClose} onCreated={setCreated} />;
  return (
    <ShownOnce
      title={`The key ${created.label} is made`}
      name="API key"
      secret={created.key}
      doneLabel="Done"
      onDone={onClose}
    >
      It works already. Programs send it in the Authorization header; people sign in here with it.
    </ShownOnce>
  );
}

interface KeyFormProps {
  readonly onClose: () => void;
  readonly onCreated: (key: NewApiKeyView) => void;
}

function KeyForm({ onClose, onCreated }: KeyFormProps) {
  const [values, setValues] = useState<NewKeyValues>(EMPTY_KEY);
  const nowMs = useNow();
  const creation = useCreateApiKey();
  const problems = creation.error === null ? [] : problemsOf(creation.error);
  // A problem stands until its field is changed.
  const [changed, setChanged] = useState<readonly (keyof NewKeyValues)[]>([]);
  const problemAt = (field: keyof NewKeyValues, param: string): string | undefined =>
    changed.includes(field) ? undefined : keyProblemAt(problems, param);
  const isElsewhere = creation.error !== null && problems.some(({ param }) => param === undefined);
  const set = <Field extends keyof NewKeyValues>(field: Field, value: NewKeyValues[Field]): void => {
    setValues((before) => ({ ...before, [field]: value }));
    setChanged((before) => [...before, field]);
  };
  const isAdmin = values.grants.includes("admin");

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setChanged([]);
    creation.mutate(newKeyBody(values, Date.now()), { onSuccess: onCreated });
  };

  return (
    <Modal opened onClose={onClose} title="New API key" size="lg">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label="Label"
            description="Who or what uses it."
            placeholder="mail server 1"
            required
            maxLength={64}
            value={values.label}
            onChange={(event) => set("label", event.currentTarget.value)}
            error={problemAt("label", "label")}
            autoComplete="off"
            data-autofocus
          />
          <GrantChoice
            grants={values.grants}
            onChange={(grants) => set("grants", grants)}
            problem={problemAt("grants", "grants")}
          />
          <Checkbox
            label="Bind it to one subaccount"
            description={
              isAdmin
                ? "Not with the grant admin."
                : "It sees and changes only the webhooks of that subaccount, and its events belong to it."
            }
            disabled={isAdmin}
            checked={values.isBound && !isAdmin}
            onChange={(event) => set("isBound", event.currentTarget.checked)}
          />
          {values.isBound && !isAdmin && (
            <NumberInput
              label="Subaccount"
              description="Its number; 0 is the primary account."
              required
              maw={240}
              allowDecimal={false}
              allowNegative={false}
              hideControls
              value={values.subaccount}
              onChange={(subaccount) => set("subaccount", subaccount)}
              error={problemAt("subaccount", "subaccount_id")}
            />
          )}
          <Group align="flex-start" grow>
            <Select
              label="Expires"
              data={[...EXPIRIES]}
              value={values.expiry}
              onChange={(expiry) => set("expiry", expiry ?? "never")}
              allowDeselect={false}
              error={values.expiry === "day" ? undefined : problemAt("expiry", "expires_at")}
            />
            {values.expiry === "day" && (
              <TextInput
                type="date"
                label="Last day"
                required
                value={values.lastDay}
                onChange={(event) => set("lastDay", event.currentTarget.value)}
                error={problemAt("lastDay", "expires_at")}
              />
            )}
          </Group>
          {isElsewhere && <ErrorNotice error={creation.error} title="The key is not made" />}
          <Group justify="space-between">
            <CurlButton
              call={{ method: "POST", path: "/api-keys", body: newKeyBody(values, nowMs) }}
              label="Make this key"
            />
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={creation.isPending}>
                Make the key
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface GrantChoiceProps {
  readonly grants: readonly Grant[];
  readonly onChange: (grants: readonly Grant[]) => void;
  readonly problem: string | undefined;
}

function GrantChoice({ grants, onChange, problem }: GrantChoiceProps) {
  const implied = impliedGrants(grants);
  return (
    <Checkbox.Group
      label="What it may do"
      required
      value={[...new Set([...grants, ...implied])]}
      onChange={(chosen) => onChange(chosen.filter((grant) => !implied.has(grant) || grants.includes(grant)))}
      error={problem}
    >
      <Stack gap="xs" mt={6} mb={6}>
        {GRANTS_EXPLAINED.map(({ grant, title, allows }) => (
          <Checkbox
            key={grant}
            value={grant}
            label={`${title} (${grant})`}
            description={implied.has(grant) ? `${allows} Included in what is chosen.` : allows}
            disabled={implied.has(grant)}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
