import { Paper, Skeleton, Text, Title } from "@mantine/core";
import type { RequestView } from "@posthorn/api/views";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { RequestPreview } from "../shared/request-preview.tsx";
import classes from "./test-page.module.css";

export interface RequestPanelProps {
  readonly request: RequestView | undefined;
  readonly error: unknown;
  /** True while it is not yet that of what stands in the editor. */
  readonly isStale: boolean;
}

export function RequestPanel({ request, error, isStale }: RequestPanelProps) {
  return (
    <Paper component="section" aria-labelledby="request-heading" p="md">
      <Title order={2} id="request-heading">
        Request
      </Title>
      <Text c="dimmed" size="sm" mb="sm">
        Exactly what is sent, but for secrets, which are not shown.
      </Text>
      {error !== null && <ErrorNotice error={error} title="There is no preview at the moment" />}
      {request === undefined ? (
        error === null && <Skeleton height={240} />
      ) : (
        <div className={classes["request"]} data-stale={isStale || undefined}>
          <RequestPreview request={request} />
        </div>
      )}
    </Paper>
  );
}
