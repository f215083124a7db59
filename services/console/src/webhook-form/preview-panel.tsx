import { useState } from "react";
import { Paper, Text, Title } from "@mantine/core";
import type { RequestView } from "@posthorn/api/views";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { RequestPreview } from "../shared/request-preview.tsx";
import classes from "./preview-panel.module.css";

export interface PreviewPanelProps {
  /** `null` while something is wrong with the form. */
  readonly request: RequestView | null;
  readonly error: unknown;
}

/** What the target will be sent. While somebody types something that is not valid yet, the last valid one stays. */
export function PreviewPanel({ request, error }: PreviewPanelProps) {
  const [last, setLast] = useState(request);
  if (request !== null && request !== last) setLast(request);
  const shown = request ?? last;
  return (
    <Paper component="section" aria-labelledby="preview-heading" p="md" className={classes["panel"] ?? ""}>
      <Title order={2} id="preview-heading">
        What will be sent
      </Title>
      <Text c="dimmed" size="sm" mb="sm">
        {request === null && shown !== null
          ? "This was the request before what is marked in the form."
          : "A batch looks like this. Stored secrets are not shown."}
      </Text>
      {error !== null && <ErrorNotice error={error} title="There is no preview at the moment" />}
      {shown === null ? (
        error === null && (
          <Text size="sm">
            The request appears here when name and target are filled in and nothing is left to mend.
          </Text>
        )
      ) : (
        <RequestPreview request={shown} />
      )}
    </Paper>
  );
}
