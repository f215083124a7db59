import type { ReactNode } from "react";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { CodeBlock } from "./code-block.tsx";
import { CopyButton } from "./copy-button.tsx";

export interface ShownOnceProps {
  readonly title: string;
  /** What it is, e.g. "signing secret". */
  readonly name: string;
  /** `undefined` = the person has chosen it and knows it. */
  readonly secret: string | undefined;
  /** What to do with it. */
  readonly children: ReactNode;
  readonly doneLabel: string;
  readonly onDone: () => void;
}

/** Shows a secret that nobody will see again; it closes by its button alone, so that no stray click loses it. */
export function ShownOnce({ title, name, secret, children, doneLabel, onDone }: ShownOnceProps) {
  return (
    <Modal
      opened
      onClose={onDone}
      title={title}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <Text component="div">{children}</Text>
        {secret !== undefined && (
          <>
            <CodeBlock text={secret} label={name} />
            <Text size="sm" c="dimmed">
              This is the only time that the {name} is shown. Keep it where secrets are kept.
            </Text>
          </>
        )}
        <Group justify="space-between">
          <div>{secret !== undefined && <CopyButton text={secret} label={`Copy the ${name}`} withText />}</div>
          <Button onClick={onDone}>{doneLabel}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
