import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, e.g. "Copy the batch id". */
  readonly label: string;
  /** Shows the label beside the icon. */
  readonly withText?: boolean;
}

export function CopyButton({ text, label, withText = false }: CopyButtonProps) {
  const { copied, copy, error } = useClipboard({ timeout: 1_500 });
  const said = error === null ? (copied ? "Copied" : label) : "Copying is not allowed here: select the text instead";
  const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
  if (withText) {
    return (
      <Button variant="default" size="xs" leftSection={icon} onClick={() => copy(text)} aria-live="polite">
        {said}
      </Button>
    );
  }
  return (
    <Tooltip label={said}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={said}
        aria-live="polite"
        onClick={() => copy(text)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
