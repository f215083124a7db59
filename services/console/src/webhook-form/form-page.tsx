import type { ReactNode } from "react";
import { Anchor, Skeleton, Stack } from "@mantine/core";
import { Link } from "react-router";
import { useEventGroups } from "../catalogue/catalogue-queries.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { useSession } from "../session/session-context.ts";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { NotAllowed } from "../shared/not-allowed.tsx";
import { PageHeader } from "../shared/page-header.tsx";

export interface FormPageProps {
  readonly title: string;
  readonly description: string;
  /** The way back. */
  readonly back: { readonly to: string; readonly label: string };
  readonly children: (groups: readonly EventGroup[]) => ReactNode;
}

/** What both forms need before they can be shown: a key that may change webhooks, and the catalogue. */
export function FormPage({ title, description, back, children }: FormPageProps) {
  const { can } = useSession();
  const catalogue = useEventGroups();
  return (
    <>
      <PageHeader
        title={title}
        description={description}
        above={
          <Anchor underline="hover" component={Link} to={back.to} size="sm">
            {back.label}
          </Anchor>
        }
      />
      {!can("webhooks/modify") ? (
        <NotAllowed grant="webhooks/modify">Webhooks are created and changed</NotAllowed>
      ) : catalogue.data !== undefined ? (
        children(catalogue.data)
      ) : catalogue.error !== null ? (
        <ErrorNotice error={catalogue.error} onRetry={() => void catalogue.refetch()} />
      ) : (
        <FormSkeleton />
      )}
    </>
  );
}

export function FormSkeleton() {
  return (
    <Stack gap="md" aria-hidden>
      <Skeleton height={210} />
      <Skeleton height={160} />
      <Skeleton height={240} />
    </Stack>
  );
}
