import { useState } from "react";
import { Anchor, Button, Skeleton } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import type { WebhookView } from "@posthorn/api/views";
import { useWebhook } from "../api/webhook-queries.ts";
import { useEventGroups, useSamples } from "../catalogue/catalogue-queries.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { typesOf } from "../catalogue/event-groups.ts";
import { useSession } from "../session/session-context.ts";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { NotAllowed } from "../shared/not-allowed.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import { MessageEditor } from "./message-editor.tsx";
import { EMPTY_MESSAGE, firstTypes, parseMessage, showMessage } from "./message-text.ts";
import { RequestPanel } from "./request-panel.tsx";
import { RunPanel } from "./run-panel.tsx";
import classes from "./test-page.module.css";
import { useTestPreview, useTestRuns } from "./use-test-run.ts";

/** Sends events of somebody's own choice to a webhook's target, and shows both sides of it exactly. */
export function TestPage() {
  const { id = "" } = useParams();
  const { can } = useSession();
  const webhook = useWebhook(id);
  const catalogue = useEventGroups();
  const error = webhook.data === undefined ? webhook.error : catalogue.error;
  return (
    <>
      <PageHeader
        title="Test webhook"
        description={webhook.data === undefined ? " " : `${webhook.data.name} · ${webhook.data.target}`}
        above={
          <Anchor underline="hover" component={Link} to={`/webhooks/${id}`} size="sm">
            Back to the webhook
          </Anchor>
        }
        actions={
          can("webhooks/modify") && (
            <Button
              variant="default"
              component={Link}
              to={`/webhooks/${id}/edit`}
              leftSection={<IconPencil size={16} aria-hidden />}
            >
              Edit
            </Button>
          )
        }
      />
      {!can("webhooks/modify") ? (
        <NotAllowed grant="webhooks/modify">Webhooks are tested</NotAllowed>
      ) : webhook.data !== undefined && catalogue.data !== undefined ? (
        <WebhookTest key={id} webhook={webhook.data} groups={catalogue.data} />
      ) : error !== null ? (
        <ErrorNotice error={error} onRetry={() => void Promise.all([webhook.refetch(), catalogue.refetch()])} />
      ) : (
        <Skeleton height={480} />
      )}
    </>
  );
}

function WebhookTest({ webhook, groups }: { readonly webhook: WebhookView; readonly groups: readonly EventGroup[] }) {
  const [types, setTypes] = useState(() => firstTypes(webhook.events.filter((type) => typesOf(groups).includes(type))));
  // Text of somebody's own hand; `undefined` = the samples stand as they are.
  const [own, setOwn] = useState<string | undefined>(undefined);
  const samples = useSamples(types);
  const sampled = types.length === 0 ? showMessage(EMPTY_MESSAGE) : showMessage(samples.data ?? []);
  const text = own ?? sampled;
  const typed = parseMessage(text);
  const isWaiting = own === undefined && types.length > 0 && samples.data === undefined;

  const preview = useTestPreview(webhook.id, text);
  const { runs, send, isSending } = useTestRuns(webhook.id);

  return (
    <div className={classes["columns"]}>
      <MessageEditor
        webhook={webhook}
        groups={groups}
        types={types}
        onTypesChange={setTypes}
        text={text}
        onTextChange={setOwn}
        onReset={own === undefined ? undefined : () => setOwn(undefined)}
        typed={typed}
        samplesError={samples.error}
        isWaiting={isWaiting}
        isSending={isSending}
        onSend={send}
      />
      <div className={classes["exchange"]}>
        <RequestPanel request={preview.data?.request} error={preview.error} isValid={typed.kind === "ok"} />
        <RunPanel runs={runs} isSending={isSending} />
      </div>
    </div>
  );
}
