import { Alert, Button, Group, Stack } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import type { StatsView } from "@posthorn/api/views";
import { useSession } from "../session/session-context.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { ElapsedTime } from "../shared/relative-time.tsx";
import { pauseAllCall, usePauseAll } from "./pause-all-action.ts";

/** At the head of every page that shows how webhooks stand, while none of them is tried. */
export function AllPausedNotice({ stats }: { readonly stats: StatsView | undefined }) {
  const { can } = useSession();
  const pauseAll = usePauseAll();
  const since = stats?.paused_since ?? null;
  if (since === null) return null;
  return (
    <Alert variant="outline" color="var(--ph-warn)" title="Everything is paused" icon={<IconPlayerPause aria-hidden />}>
      <Stack gap="xs">
        <div>
          For <ElapsedTime since={since} />: events are still taken and kept, nothing is tried, whatever is said of
          single webhooks below, and clocks stand still.
        </div>
        {pauseAll.error !== null && <ErrorNotice error={pauseAll.error} />}
        {can("admin") ? (
          <Group gap="xs">
            <Button size="xs" loading={pauseAll.isPending} onClick={() => pauseAll.mutate("resume")}>
              Resume everything
            </Button>
            <CurlButton call={pauseAllCall("resume")} label="Resume everything" />
          </Group>
        ) : (
          <div>Somebody whose key has the grant admin can let it go on.</div>
        )}
      </Stack>
    </Alert>
  );
}
