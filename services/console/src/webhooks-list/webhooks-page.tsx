import { PageHeader } from "../shared/page-header.tsx";

export function WebhooksPage() {
  return <PageHeader title="Webhooks" />;
}
