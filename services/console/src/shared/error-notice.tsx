import { Alert, Button, Code, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Problem } from "@posthorn/api/views";
import { ApiError, problemsOf } from "../api/api-error.ts";

export interface ErrorNoticeProps {
  readonly error: unknown;
  readonly title?: string;
  /** Offers to try again. */
  readonly onRetry?: () => void;
}

/** What went wrong, in the API's words, and what to do about it. */
export function ErrorNotice({ error, title, onRetry }: ErrorNoticeProps) {
  const problems = problemsOf(error);
  // The session has ended, which the dialog over the page says already.
  if (error instanceof ApiError && error.status === 401) return null;
  const [first] = problems;
  const isOne = problems.length === 1 && title === undefined;
  return (
    <Alert
      role="alert"
      color="var(--ph-bad)"
      variant="outline"
      icon={<IconAlertTriangle aria-hidden />}
      title={isOne ? first?.message : (title ?? "This did not work")}
    >
      <Stack gap="xs" align="flex-start">
        {isOne ? (
          first?.description !== undefined && <Text className="ph-break">{first.description}</Text>
        ) : (
          <ProblemList problems={problems} />
        )}
        {onRetry !== undefined && (
          <Button variant="default" size="xs" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {problems.map((problem, index) => (
        // The API may name one field twice, with the same words.
        // oxlint-disable-next-line react/no-array-index-key
        <Text component="li" key={index} className="ph-break">
          {problem.param !== undefined && (
            <>
              <Code>{problem.param}</Code>{" "}
            </>
          )}
          {problem.message}
          {problem.description !== undefined && (
            <Text component="span" c="dimmed">
              {" "}
              {problem.description}
            </Text>
          )}
        </Text>
      ))}
    </Stack>
  );
}
