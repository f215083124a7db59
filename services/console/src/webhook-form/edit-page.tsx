import { useState } from "react";
import { useParams } from "react-router";
import type { WebhookView } from "@posthorn/api/views";
import { ApiError } from "../api/api-error.ts";
import { useWebhook } from "../api/webhook-queries.ts";
import { typesOf } from "../catalogue/event-groups.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { FormPage, FormSkeleton } from "./form-page.tsx";
import { valuesOf } from "./form-values.ts";
import { SavingForm } from "./saving-form.tsx";

export function EditPage() {
  const { id = "" } = useParams();
  const webhook = useWebhook(id);
  const isGone = webhook.error instanceof ApiError && webhook.error.status === 404;
  return (
    <FormPage
      title="Edit webhook"
      description={webhook.data?.name ?? " "}
      back={{ to: `/webhooks/${id}`, label: "Back to the webhook" }}
    >
      {(groups) => {
        if (webhook.data !== undefined) {
          return <Stored key={id} groups={groups} webhook={webhook.data} isGone={isGone} />;
        }
        if (webhook.error !== null) return <ErrorNotice error={webhook.error} onRetry={() => void webhook.refetch()} />;
        return <FormSkeleton />;
      }}
    </FormPage>
  );
}

interface StoredProps {
  readonly groups: readonly EventGroup[];
  readonly webhook: WebhookView;
  /** It was deleted since. */
  readonly isGone: boolean;
}

function Stored({ groups, webhook, isGone }: StoredProps) {
  const known = typesOf(groups);
  // As it was when somebody began: what changes meanwhile is not theirs to send back.
  const [before] = useState(() => valuesOf(webhook, known));
  const now = isGone ? undefined : valuesOf(webhook, known);
  return <SavingForm groups={groups} known={known} before={before} now={now} webhook={webhook} />;
}
