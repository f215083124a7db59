import { useState } from "react";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import type { WebhookView } from "@posthorn/api/views";
import { queryKeys } from "../api/query-keys.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { ShownOnce } from "../shared/shown-once.tsx";
import { meanwhileWords } from "./meanwhile-words.ts";
import type { WebhookFormValues } from "./form-values.ts";
import { useLeaveWarning } from "./use-leave-warning.tsx";
import { useWebhookForm } from "./use-webhook-form.ts";
import type { SavedWebhook } from "./use-webhook-form.ts";
import { WebhookForm } from "./webhook-form.tsx";

export interface SavingFormProps {
  readonly groups: readonly EventGroup[];
  readonly known: readonly string[];
  readonly before: WebhookFormValues;
  /** The webhook as it is now: somebody else may have changed it since the form was opened; `undefined` = or deleted it. */
  readonly now: WebhookFormValues | undefined;
  /** `undefined` = one is created. */
  readonly webhook: WebhookView | undefined;
}

/** The form with what comes after it: a secret that was made is shown first, then the webhook's page with a notice. */
export function SavingForm({ groups, known, before, now, webhook }: SavingFormProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [saved, setSaved] = useState<SavedWebhook | undefined>(undefined);

  const goOn = ({ id }: SavedWebhook): void => {
    allow();
    notifications.show({
      color: "green",
      title: webhook === undefined ? "The webhook is created" : "The changes are saved",
      message: webhook === undefined ? noticeOf(form.part.values) : "They are in effect already.",
    });
    void navigate(`/webhooks/${id}`);
  };
  const onSaved = (answer: SavedWebhook): void => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.webhooks });
    if (answer.signing === undefined) goOn(answer);
    else setSaved(answer);
  };

  const form = useWebhookForm({ webhookId: webhook?.id, before, known, onSaved });
  const { dialog, allow } = useLeaveWarning(form.changed.length > 0);
  return (
    <>
      <WebhookForm
        form={form}
        before={before}
        groups={groups}
        webhook={webhook}
        meanwhile={meanwhileWords({ before, now, values: form.part.values, known })}
      />
      {dialog}
      {saved !== undefined && (
        <ShownOnce
          title={webhook === undefined ? "The webhook is created" : "The changes are saved"}
          name="signing secret"
          secret={saved.signing?.secret}
          doneLabel="To the webhook"
          onDone={() => goOn(saved)}
        >
          Every batch is signed with this secret. Give it to the target, so that it can check the signatures.
        </ShownOnce>
      )}
    </>
  );
}

function noticeOf({ active, paused }: WebhookFormValues): string {
  if (!active) return "It is switched off: it gets no events until it is active.";
  return paused ? "Its events are kept until it is resumed." : "It gets events from now on.";
}
