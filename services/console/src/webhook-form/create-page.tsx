import { PageHeader } from "../shared/page-header.tsx";

export function CreatePage() {
  return <PageHeader title="New webhook" />;
}
