import { PageHeader } from "../shared/page-header.tsx";

export function WebhookPage() {
  return <PageHeader title="Webhook" />;
}
