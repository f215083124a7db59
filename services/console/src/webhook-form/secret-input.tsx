import { useRef } from "react";
import { Button, Group, Input, PasswordInput, Stack, TextInput } from "@mantine/core";
import { MASK } from "./form-values.ts";

export interface SecretInputProps {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
  /** True when the API keeps one already: it can be kept, replaced or, where that makes sense, taken away. */
  readonly isStored: boolean;
}

/** A field for a secret. One that is stored cannot be shown; until somebody replaces it, it stays as it is. */
export function SecretInput({ isStored, value, onChange, ...input }: SecretInputProps) {
  const field = useRef<HTMLInputElement>(null);
  const replace = (): void => {
    onChange("");
    requestAnimationFrame(() => field.current?.focus());
  };
  if (value === MASK) {
    return (
      <Input.Wrapper
        id={input.id}
        label={input.label}
        labelElement="div"
        description={input.description}
        error={input.error}
      >
        {/* As far below what is above it as a field by itself. */}
        <Group gap="xs" wrap="nowrap" mt={input.description === undefined ? 0 : 5}>
          <TextInput
            value={MASK}
            readOnly
            flex={1}
            variant="filled"
            aria-label={`${input.label}: stored, not shown`}
            title="Stored, and never shown"
          />
          <Button id={input.id} variant="default" onClick={replace} aria-label={`Replace: ${input.label}`}>
            Replace
          </Button>
        </Group>
      </Input.Wrapper>
    );
  }
  return (
    <Stack gap={4} align="stretch">
      <PasswordInput
        {...input}
        ref={field}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        visibilityToggleButtonProps={{ "aria-label": `Show or hide: ${input.label}`, tabIndex: 0 }}
      />
      {isStored && (
        <Group>
          <Button variant="subtle" size="compact-xs" onClick={() => onChange(MASK)}>
            Keep the stored one
          </Button>
        </Group>
      )}
    </Stack>
  );
}
