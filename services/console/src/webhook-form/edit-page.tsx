import { useState } from "react";
import { useParams } from "react-router";
import type { WebhookView } from "@posthorn/api/views";
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
  return (
    <FormPage
      title="Edit webhook"
      description={webhook.data?.name ?? " "}
      back={{ to: `/webhooks/${id}`, label: "Back to the webhook" }}
    >
      {(groups) => {
        if (webhook.data !== undefined) return <Stored key={id} groups={groups} webhook={webhook.data} />;
        if (webhook.error !== null) return <ErrorNotice error={webhook.error} onRetry={() => void webhook.refetch()} />;
        return <FormSkeleton />;
      }}
    </FormPage>
  );
}

function Stored({ groups, webhook }: { readonly groups: readonly EventGroup[]; readonly webhook: WebhookView }) {
  // As it was when somebody began: what changes meanwhile is not theirs to send back.
  const [before] = useState(() => valuesOf(webhook, typesOf(groups)));
  return <SavingForm groups={groups} known={typesOf(groups)} before={before} webhook={webhook} />;
}
