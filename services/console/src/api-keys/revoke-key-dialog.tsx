import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ApiKeyView } from "@posthorn/api/views";
import { ConfirmDialog } from "../shared/confirm-dialog.tsx";
import { CurlButton } from "../shared/curl-button.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { apiKeyPath, useRevokeApiKey } from "./api-key-queries.ts";

export interface RevokeKeyDialogProps {
  readonly apiKey: ApiKeyView;
  /** True when the viewer is signed in with it. */
  readonly isOwn: boolean;
  readonly onClose: () => void;
}

export function RevokeKeyDialog({ apiKey, isOwn, onClose }: RevokeKeyDialogProps) {
  const revocation = useRevokeApiKey();
  const revoke = (): void =>
    revocation.mutate(apiKey.id, {
      onSuccess: () => {
        notifications.show({ color: "green", title: "The key is revoked", message: `${apiKey.label} works no more.` });
        onClose();
      },
    });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Revoke ${apiKey.label}?`}
      confirmLabel="Revoke"
      onConfirm={revoke}
      isPending={revocation.isPending}
      error={revocation.error}
      isDestructive
      aside={<CurlButton call={{ method: "DELETE", path: apiKeyPath(apiKey.id) }} label="Revoke this key" />}
    >
      <Text>
        Whoever uses it is refused from the moment on that this is done, and it cannot be taken back. It was last used:{" "}
        <RelativeTime at={apiKey.last_used_at} />.
      </Text>
      {isOwn && (
        <Text mt="sm" fw={600}>
          You are signed in with this key: you will have to sign in with another one.
        </Text>
      )}
    </ConfirmDialog>
  );
}
