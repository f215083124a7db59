import { ActionIcon, Button, Group, Input, Stack, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { fieldId } from "./form-part.ts";
import type { FormPart } from "./form-part.ts";
import { FormSection } from "./form-section.tsx";
import classes from "./headers-section.module.css";
import { MASK } from "./form-values.ts";
import type { HeaderRow, WebhookFormValues } from "./form-values.ts";
import { SecretInput } from "./secret-input.tsx";

/** As the API allows. */
const HEADERS_MAX = 5;

export interface HeadersSectionProps {
  readonly part: FormPart;
  readonly before: WebhookFormValues;
}

export function HeadersSection({ part, before }: HeadersSectionProps) {
  const { values, set, problemAt } = part;
  const { headers } = values;
  const problem = problemAt("headers");
  const change = (row: number, changed: Partial<HeaderRow>): void =>
    set(
      "headers",
      headers.map((header, index) => (index === row ? { ...header, ...changed } : header)),
    );
  const add = (): void => {
    set("headers", [...headers, { name: "", value: "" }]);
    requestAnimationFrame(() => document.getElementById(fieldId(`headers.${headers.length}`))?.focus());
  };

  return (
    <FormSection
      title="Custom headers"
      description={`Up to ${HEADERS_MAX} more headers for each batch, such as a key of a gateway. Values are kept like secrets.`}
    >
      {headers.map((header, row) => (
        // Rows have nothing of their own but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <Stack
          key={row}
          component="fieldset"
          gap={4}
          className={classes["header"] ?? ""}
          aria-label={`Custom header ${row + 1}`}
        >
          <div className={classes["row"]}>
            <TextInput
              id={fieldId(`headers.${row}`)}
              label="Name"
              placeholder="X-Api-Key"
              value={header.name}
              onChange={(event) => change(row, { name: event.currentTarget.value })}
              error={problemAt(`headers.${row}`) !== undefined}
              autoComplete="off"
              spellCheck={false}
            />
            <SecretInput
              id={`${fieldId(`headers.${row}`)}-value`}
              label="Value"
              value={header.value}
              onChange={(value) => change(row, { value })}
              error={undefined}
              isStored={before.headers.some(({ name, value }) => name === header.name && value === MASK)}
            />
            <Tooltip label="Remove this header">
              <ActionIcon
                className={classes["remove"] ?? ""}
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={`Remove custom header ${row + 1}`}
                onClick={() =>
                  set(
                    "headers",
                    headers.filter((_, index) => index !== row),
                  )
                }
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </div>
          {problemAt(`headers.${row}`) !== undefined && <Input.Error>{problemAt(`headers.${row}`)}</Input.Error>}
        </Stack>
      ))}
      <Group>
        <Button
          id={fieldId("headers")}
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={add}
          disabled={headers.length >= HEADERS_MAX}
        >
          Add a header
        </Button>
      </Group>
      {problem !== undefined && <Input.Error>{problem}</Input.Error>}
    </FormSection>
  );
}
