import { useState } from "react";
import { Button, Text } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import type { StatsView } from "@posthorn/api/views";
import { useSession } from "../session/session-context.ts";
import { ConfirmDialog } from "../shared/confirm-dialog.tsx";
import { CurlButton } from "../shared/curl-button.tsx";
import { pauseAllCall, usePauseAll } from "./pause-all-action.ts";

/** Stops all attempts, after a question; for administrators, and only while something can be stopped. */
export function PauseAllButton({ stats }: { readonly stats: StatsView | undefined }) {
  const [isAsking, setAsking] = useState(false);
  const { can } = useSession();
  const pauseAll = usePauseAll();
  if (!can("admin")) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerPause size={16} aria-hidden />}
        disabled={stats === undefined || stats.paused_since !== null}
        onClick={() => setAsking(true)}
      >
        Pause everything
      </Button>
      <ConfirmDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title="Pause everything?"
        confirmLabel="Pause everything"
        isDestructive={false}
        isPending={pauseAll.isPending}
        error={pauseAll.error}
        onConfirm={() => pauseAll.mutate("pause", { onSuccess: () => setAsking(false) })}
        aside={<CurlButton call={pauseAllCall("pause")} label="Pause everything" />}
      >
        <Text>
          No attempt to any target starts until somebody resumes. Events are still taken and kept, as long as the
          back-log has room for them; clocks stand still, so nothing expires.
        </Text>
      </ConfirmDialog>
    </>
  );
}
