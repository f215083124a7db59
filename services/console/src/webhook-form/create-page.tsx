import { typesOf } from "../catalogue/event-groups.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { FormPage } from "./form-page.tsx";
import { NEW_WEBHOOK } from "./form-values.ts";
import { SavingForm } from "./saving-form.tsx";

export function CreatePage() {
  return (
    <FormPage
      title="New webhook"
      description="Batches of events are POSTed to its target as they happen."
      back={{ to: "/webhooks", label: "All webhooks" }}
    >
      {(groups) => <NewWebhook groups={groups} />}
    </FormPage>
  );
}

function NewWebhook({ groups }: { readonly groups: readonly EventGroup[] }) {
  return (
    <SavingForm groups={groups} known={typesOf(groups)} before={NEW_WEBHOOK} now={NEW_WEBHOOK} webhook={undefined} />
  );
}
