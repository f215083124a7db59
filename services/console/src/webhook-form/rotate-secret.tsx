import { useState } from "react";
import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { queryKeys } from "../api/query-keys.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { exactTime } from "../shared/format-time.ts";
import { ShownOnce } from "../shared/shown-once.tsx";
import { SecretInput } from "./secret-input.tsx";

interface Rotated {
  readonly signing: { readonly secret?: string; readonly previous_until: string | null };
}

const OVERLAPS = [
  { value: "0", label: "None: the stored one ends at once" },
  { value: "3600", label: "One hour" },
  { value: "86400", label: "One day" },
  { value: "604800", label: "One week" },
  { value: "2592000", label: "30 days" },
];
const ONE_DAY = "86400";

/** Changes the signing secret at once, apart from the rest of the form. */
export function RotateSecret({ webhookId }: { readonly webhookId: string }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Group>
        <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={open}>
          Rotate the secret…
        </Button>
      </Group>
      {isOpen && <RotateDialog webhookId={webhookId} onClose={close} />}
    </>
  );
}

function RotateDialog({ webhookId, onClose }: { readonly webhookId: string; readonly onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [overlap, setOverlap] = useState(ONE_DAY);
  const [secret, setSecret] = useState("");
  const call = {
    method: "POST",
    path: `/webhooks/${webhookId}/rotate-secret`,
    body: { ...(secret === "" ? {} : { secret }), overlap_seconds: Number(overlap) },
  } as const;
  const rotation = useMutation({
    mutationFn: () => api.results<Rotated>(call),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.webhook(webhookId) }),
  });
  const done = rotation.data?.signing;

  if (done !== undefined) {
    return (
      <ShownOnce
        title="The signing secret is changed"
        name="signing secret"
        secret={done.secret}
        doneLabel="Back to the form"
        onDone={onClose}
      >
        {done.previous_until === null
          ? "From now on only the new secret signs: give it to the target at once."
          : `Both secrets sign until ${exactTime(done.previous_until)}: give the new one to the target before then.`}
      </ShownOnce>
    );
  }
  return (
    <Modal opened onClose={onClose} title="Rotate the signing secret">
      <Stack gap="md">
        <Text size="sm">
          A new secret signs every batch from now on. For a while the stored one signs beside it, so that the target can
          change over without refusing a batch.
        </Text>
        <Select
          label="The stored secret goes on signing for"
          data={OVERLAPS}
          value={overlap}
          onChange={(value) => setOverlap(value ?? ONE_DAY)}
          allowDeselect={false}
        />
        <SecretInput
          id="rotate-secret"
          label="New secret (optional)"
          description="Leave it empty: a secret is made, and shown once."
          placeholder="whsec_…"
          value={secret}
          onChange={setSecret}
          error={undefined}
          isStored={false}
        />
        {rotation.error !== null && <ErrorNotice error={rotation.error} title="The secret is not changed" />}
        <Group justify="space-between">
          <CurlButton call={call} label="Rotate this secret" />
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button onClick={() => rotation.mutate()} loading={rotation.isPending}>
              Rotate now
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
