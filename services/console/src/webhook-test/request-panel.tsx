import { Paper, Skeleton, Text, Title } from "@mantine/core";
import type { RequestView } from "@posthorn/api/views";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { RequestPreview } from "../shared/request-preview.tsx";

export interface RequestPanelProps {
  readonly request: RequestView | undefined;
  readonly error: unknown;
  /** False when the message is none: then the request is that of the last one that was. */
  readonly isValid: boolean;
}

export function RequestPanel({ request, error, isValid }: RequestPanelProps) {
  return (
    <Paper component="section" aria-labelledby="request-heading" p="md">
      <Title order={2} id="request-heading">
        Request
      </Title>
      <Text c="dimmed" size="sm" mb="sm">
        {isValid
          ? "Exactly what is sent, but for secrets, which are not shown."
          : "This was the request of the last valid message."}
      </Text>
      {error !== null && <ErrorNotice error={error} title="There is no preview at the moment" />}
      {request === undefined ? error === null && <Skeleton height={240} /> : <RequestPreview request={request} />}
    </Paper>
  );
}
