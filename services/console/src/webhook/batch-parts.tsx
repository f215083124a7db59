import { Text } from "@mantine/core";
import type { BatchView } from "@posthorn/api/views";
import { count } from "../shared/format-number.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { ToneBadge } from "../shared/status-badge.tsx";
import { attemptWords } from "./attempt-words.ts";
import { STATE_DOCS, stateMeaning, untriedWords } from "./batch-state.ts";

export function StateBadge({ batch }: { readonly batch: Pick<BatchView, "state" | "attempts"> }) {
  const { word, tone } = STATE_DOCS[batch.state];
  return (
    <ToneBadge tone={tone} title={stateMeaning(batch)}>
      {word}
    </ToneBadge>
  );
}

/** How many attempts it had, and how many of them failed. */
export function AttemptCount({ batch }: { readonly batch: BatchView }) {
  return (
    <>
      {count(batch.attempts)}
      {batch.failed_attempts > 0 && (
        <Text span c="dimmed" inherit>
          {" "}
          ({count(batch.failed_attempts)} failed)
        </Text>
      )}
    </>
  );
}

/** What the last attempt came to. */
export function LastAttempt({ batch: { last_attempt: last, state } }: { readonly batch: BatchView }) {
  if (last === null) {
    return (
      <Text span c="dimmed" size="sm">
        {untriedWords(state)}
      </Text>
    );
  }
  const { text, code } = attemptWords({ ...last, outcome: "failed", latency_ms: null });
  return (
    <Text size="sm" component="div" className="ph-break">
      {text}
      <Text size="xs" c="dimmed">
        <RelativeTime at={last.at} />
        {code !== null && ` · ${code}`}
      </Text>
    </Text>
  );
}
