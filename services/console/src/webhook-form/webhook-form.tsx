import type { FormEvent, ReactNode } from "react";
import { Button, Group, Stack, Text } from "@mantine/core";
import type { WebhookView } from "@posthorn/api/views";
import { Link } from "react-router";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { useSession } from "../session/session-context.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { counted } from "../shared/format-number.ts";
import { AuthenticationSection } from "./authentication-section.tsx";
import { BasicsSection } from "./basics-section.tsx";
import { DeliverySection } from "./delivery-section.tsx";
import { EventsSection } from "./events-section.tsx";
import { HeadersSection } from "./headers-section.tsx";
import { NotSaved } from "./not-saved.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import { ProblemSummary } from "./problem-summary.tsx";
import { RefusedTestPost } from "./refused-test-post.tsx";
import { RotateSecret } from "./rotate-secret.tsx";
import { ScopeSection } from "./scope-section.tsx";
import { SigningSection } from "./signing-section.tsx";
import type { useWebhookForm } from "./use-webhook-form.ts";
import type { WebhookFormValues } from "./form-values.ts";
import classes from "./webhook-form.module.css";

export interface WebhookFormProps {
  readonly form: ReturnType<typeof useWebhookForm>;
  readonly before: WebhookFormValues;
  readonly groups: readonly EventGroup[];
  /** `undefined` = one is created. */
  readonly webhook: WebhookView | undefined;
  /** What somebody else did since the form was opened, if it matters. */
  readonly meanwhile: string | undefined;
}

export function WebhookForm({ form, before, groups, webhook, meanwhile }: WebhookFormProps) {
  const { session } = useSession();
  const { part, failure } = form;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    form.submit();
  };
  const refusalAt = (at: "target" | "token URL"): ReactNode =>
    failure?.at === at ? <RefusedTestPost failure={failure} tries={form.tries} /> : null;

  return (
    <div className={classes["columns"]}>
      <form onSubmit={submit} noValidate aria-label={webhook === undefined ? "New webhook" : "Webhook"}>
        <Stack gap="md">
          <ProblemSummary problems={form.summary} tries={form.tries} />
          {form.outside !== undefined && <NotSaved refusal={form.outside} tries={form.tries} />}
          <BasicsSection part={part} refusal={refusalAt("target")} />
          <EventsSection part={part} groups={groups} />
          <AuthenticationSection part={part} before={before} refusal={refusalAt("token URL")} />
          <HeadersSection part={part} before={before} />
          <SigningSection
            part={part}
            previousUntil={webhook?.signing.previous_until}
            rotate={webhook?.signing.enabled === true && <RotateSecret webhookId={webhook.id} />}
          />
          {session.subaccount_id === null && <ScopeSection part={part} />}
          <DeliverySection part={part} />
          <SubmitBar form={form} webhook={webhook} meanwhile={meanwhile} />
        </Stack>
      </form>
      <PreviewPanel request={form.check.request} error={form.check.error} />
    </div>
  );
}

function SubmitBar({ form, webhook, meanwhile }: Pick<WebhookFormProps, "form" | "webhook" | "meanwhile">) {
  const isNew = webhook === undefined;
  const isUnchanged = !isNew && form.changed.length === 0;
  return (
    <div className={classes["bar"]}>
      <Text size="sm" c="dimmed" component="output" className={classes["state"] ?? ""}>
        {form.progress === "open" && meanwhile !== undefined ? (
          <Text span inherit c="var(--ph-warn)" className="ph-break">
            {meanwhile}
          </Text>
        ) : (
          stateOf(form, isNew)
        )}
      </Text>
      <CurlButton call={form.call} label={isNew ? "Create this webhook" : "Save these changes"} />
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" component={Link} to={isNew ? "/webhooks" : `/webhooks/${webhook.id}`}>
          Cancel
        </Button>
        <Button type="submit" loading={form.progress !== "open"} disabled={isUnchanged}>
          {isNew ? "Create webhook" : "Save"}
        </Button>
      </Group>
    </div>
  );
}

function stateOf({ changed, progress }: WebhookFormProps["form"], isNew: boolean): string {
  const isTested = isNew || changed.includes("target");
  if (progress === "saved") return "Saved.";
  if (progress === "saving") return isTested ? "Waiting for the target to answer the test POST …" : "Saving …";
  if (isNew) return "The target is tested first.";
  if (changed.length === 0) return "Nothing is changed yet.";
  const what = `${counted(changed.length, "setting")} changed.`;
  return isTested ? `${what} The new target is tested first.` : what;
}
