import { PageHeader } from "../shared/page-header.tsx";

export function ApiKeysPage() {
  return <PageHeader title="API keys" />;
}
