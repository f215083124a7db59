import { PageHeader } from "../shared/page-header.tsx";

export function EditPage() {
  return <PageHeader title="Edit webhook" />;
}
