import { PageHeader } from "../shared/page-header.tsx";

export function CataloguePage() {
  return <PageHeader title="Event catalogue" />;
}
