import { useState } from "react";
import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconPencil, IconPlayerPause, IconPlayerPlay, IconSend, IconTrash } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";
import { webhookPath } from "../api/webhook-queries.ts";
import { useSession } from "../session/session-context.ts";
import { CopyButton } from "../shared/copy-button.tsx";
import { CurlMenu } from "../shared/curl-menu.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import { StatusBadge } from "../shared/status-badge.tsx";
import type { WebhookStatus } from "../shared/webhook-status.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { deleteCall, useWebhookAction, webhookActionCall } from "./webhook-actions.ts";

export interface WebhookHeadProps {
  readonly webhook: WebhookView;
  readonly stats: WebhookStatsView | undefined;
  readonly status: WebhookStatus;
}

export function WebhookHead({ webhook, stats, status }: WebhookHeadProps) {
  const { can } = useSession();
  return (
    <PageHeader
      title={webhook.name}
      beside={
        <StatusBadge status={status} reason={status === "inactive" ? webhook.inactive_reason : null} stats={stats} />
      }
      description={
        <Group gap={4} wrap="nowrap" align="flex-start">
          <Text span className="ph-break">
            {webhook.target}
          </Text>
          <CopyButton text={webhook.target} label="Copy the target" />
        </Group>
      }
      above={
        <Anchor underline="hover" component={Link} to="/webhooks" size="sm">
          All webhooks
        </Anchor>
      }
      actions={
        <>
          <Commands id={webhook.id} />
          {can("webhooks/modify") && <Actions webhook={webhook} stats={stats} />}
        </>
      }
    />
  );
}

function Actions({ webhook, stats }: Pick<WebhookHeadProps, "webhook" | "stats">) {
  const [isDeleting, setDeleting] = useState(false);
  const action = useWebhookAction(webhook.id);
  const navigate = useNavigate();
  const isPaused = webhook.paused;
  return (
    <>
      <Button
        variant="default"
        component={Link}
        to={`/webhooks/${webhook.id}/test`}
        leftSection={<IconSend size={16} aria-hidden />}
      >
        Test
      </Button>
      <Button
        variant="default"
        component={Link}
        to={`/webhooks/${webhook.id}/edit`}
        leftSection={<IconPencil size={16} aria-hidden />}
      >
        Edit
      </Button>
      <Button
        variant="default"
        loading={action.isPending}
        onClick={() => action.mutate(isPaused ? "resume" : "pause")}
        leftSection={isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
      >
        {isPaused ? "Resume" : "Pause"}
      </Button>
      <Button
        variant="default"
        c="var(--ph-bad)"
        onClick={() => setDeleting(true)}
        leftSection={<IconTrash size={16} aria-hidden />}
      >
        Delete
      </Button>
      <DeleteDialog
        webhook={webhook}
        stats={stats}
        opened={isDeleting}
        onClose={() => setDeleting(false)}
        onDeleted={() => void navigate("/webhooks")}
      />
    </>
  );
}

function Commands({ id }: { readonly id: string }) {
  return (
    <CurlMenu
      about="this webhook"
      commands={[
        { label: "Read this webhook", call: { path: webhookPath(id) } },
        { label: "Pause it", call: webhookActionCall(id, "pause") },
        { label: "Resume it", call: webhookActionCall(id, "resume") },
        { label: "List its batches", call: { path: webhookPath(id, "/batches") } },
        { label: "Try all that waits now", call: webhookActionCall(id, "retry") },
        { label: "Discard all that waits", call: webhookActionCall(id, "discard") },
        { label: "Delete it with what waits", call: deleteCall(id, false) },
        { label: "Delete it, but deliver what waits", call: deleteCall(id, true) },
      ]}
    />
  );
}
