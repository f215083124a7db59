import { PageHeader } from "../shared/page-header.tsx";

export function TestPage() {
  return <PageHeader title="Test webhook" />;
}
