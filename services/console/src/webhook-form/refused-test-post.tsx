import { Alert, Code, Stack, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { ResponseView } from "../shared/response-view.tsx";
import type { TestPostFailure } from "./test-post-failure.ts";
import { useFocusAfterTry } from "./use-focus-after-try.ts";

export interface RefusedTestPostProps {
  readonly failure: TestPostFailure;
  /** Counts the tries to send the form that failed. */
  readonly tries: number;
}

/** Beside the field of the URL: what it answered to the test POST, and what to do about it. */
export function RefusedTestPost({ failure, tries }: RefusedTestPostProps) {
  const box = useFocusAfterTry(tries);
  const { response, description, advice } = failure;
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      role="alert"
      color="red"
      variant="outline"
      icon={<IconPlugConnectedX aria-hidden />}
      title={
        response === undefined ? `The ${failure.at} did not answer` : `The ${failure.at} answered ${response.status}`
      }
    >
      <Stack gap="xs">
        {advice !== undefined && <Text>{advice}</Text>}
        {description !== undefined && <Text className="ph-break">{description}</Text>}
        {response !== undefined && <ResponseView response={response} />}
        <Text size="xs" c="dimmed">
          Nothing was saved. In the API’s words: <Code>{failure.message}</Code>
        </Text>
      </Stack>
    </Alert>
  );
}
