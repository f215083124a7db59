import { Outlet } from "react-router";
import { useSession } from "../session/session-context.ts";
import { NotAllowed } from "../shared/not-allowed.tsx";
import { PageHeader } from "../shared/page-header.tsx";

/** Around the pages that show webhooks: a key that may only send events sees none. */
export function ViewersOnly() {
  const { can } = useSession();
  if (can("webhooks/view")) return <Outlet />;
  return (
    <>
      <PageHeader title="Posthorn" />
      <NotAllowed grant="webhooks/view">Webhooks are shown</NotAllowed>
    </>
  );
}
