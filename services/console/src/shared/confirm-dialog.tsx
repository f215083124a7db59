import type { ReactNode } from "react";
import { Button, Group, Modal, Stack } from "@mantine/core";
import { ErrorNotice } from "./error-notice.tsx";

export interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen, with counts. */
  readonly children: ReactNode;
  /** The verb of the action, e.g. "Delete". */
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
  readonly isPending?: boolean;
  readonly error?: unknown;
  /** What cannot be taken back is red. */
  readonly isDestructive?: boolean;
  /** Beside the buttons, such as the action's curl. */
  readonly aside?: ReactNode;
}

/** Asks before something that loses data. The focus begins on Cancel, so that a stray Enter does nothing. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, children, confirmLabel, onConfirm, isPending = false, error, aside } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="md">
      <Stack gap="md">
        <div>{children}</div>
        {error !== undefined && error !== null && <ErrorNotice error={error} />}
        <Group justify="space-between">
          <div>{aside}</div>
          <Group gap="xs">
            <Button variant="default" onClick={onClose} data-autofocus>
              Cancel
            </Button>
            <Button color={props.isDestructive === false ? "indigo" : "red.8"} onClick={onConfirm} loading={isPending}>
              {confirmLabel}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
