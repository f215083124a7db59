import { PageHeader } from "../shared/page-header.tsx";

export function OverviewPage() {
  return <PageHeader title="Overview" />;
}
