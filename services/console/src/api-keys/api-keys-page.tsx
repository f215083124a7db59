import { useState } from "react";
import { Button, Skeleton, Stack } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import type { ApiKeyView } from "@posthorn/api/views";
import { useSession } from "../session/session-context.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { EmptyState } from "../shared/empty-state.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { NotAllowed } from "../shared/not-allowed.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import { useApiKeys } from "./api-key-queries.ts";
import { ApiKeyTable } from "./api-key-table.tsx";
import { BootstrapKeyNote } from "./bootstrap-key-note.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { RevokeKeyDialog } from "./revoke-key-dialog.tsx";

/** The keys that people and programs call the API with, and sign in here with. */
export function ApiKeysPage() {
  const { can, session } = useSession();
  const isAllowed = can("admin");
  const keys = useApiKeys({ enabled: isAllowed });
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKeyView | undefined>(undefined);
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      New API key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description="One for each program and person, with no more grants than it needs. Each can be revoked by itself."
        actions={
          isAllowed && (
            <>
              <CurlButton call={{ path: "/api-keys" }} label="List the API keys" />
              {create}
            </>
          )
        }
      />
      {!isAllowed && <NotAllowed grant="admin">API keys are made and revoked</NotAllowed>}
      {keys.error !== null && (
        <ErrorNotice title="The keys could not be loaded" error={keys.error} onRetry={() => void keys.refetch()} />
      )}
      {isAllowed && keys.isPending && <Skeleton height={260} />}
      {keys.data !== undefined && keys.data.length === 0 && (
        <EmptyState title="No API keys yet" icon={<IconKey size={24} />} actions={create}>
          Until now everybody uses the operator’s key, which may do everything. Make a key for your mail server that can
          only send events, and one for each person.
        </EmptyState>
      )}
      {keys.data !== undefined && keys.data.length > 0 && (
        <ApiKeyTable keys={keys.data} ownKey={session.key} onRevoke={setRevoking} />
      )}
      {isAllowed && (
        <Stack maw="44rem">
          <BootstrapKeyNote isOwn={session.label === null} />
        </Stack>
      )}
      {isCreating && <CreateKeyDialog onClose={() => setCreating(false)} />}
      {revoking !== undefined && (
        <RevokeKeyDialog apiKey={revoking} isOwn={revoking.id === session.key} onClose={() => setRevoking(undefined)} />
      )}
    </>
  );
}
