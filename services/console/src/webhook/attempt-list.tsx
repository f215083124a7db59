import { Skeleton, Stack, Text } from "@mantine/core";
import type { AttemptView } from "@posthorn/api/views";
import { CodeBlock } from "../shared/code-block.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { duration, exactTime } from "../shared/format-time.ts";
import { prettyBody } from "../shared/pretty-body.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { ToneBadge } from "../shared/status-badge.tsx";
import type { Tone } from "../shared/status-badge.tsx";
import classes from "./attempt-list.module.css";
import { attemptWords } from "./attempt-words.ts";
import { untriedWords } from "./batch-state.ts";
import type { BatchState } from "./batch-state.ts";
import { useAttempts } from "./batch-queries.ts";

export interface AttemptListProps {
  readonly webhook: string;
  readonly batch: string;
  /** `undefined` until it is known. */
  readonly state: BatchState | undefined;
}

/** The attempts of a batch, the last one first. */
export function AttemptList({ webhook, batch, state }: AttemptListProps) {
  const { data, error, refetch } = useAttempts(webhook, batch);
  if (data === undefined) {
    return error === null ? <Skeleton h={120} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />;
  }
  if (data.length === 0) return <Text c="dimmed">{state !== undefined && `It was ${untriedWords(state)}.`}</Text>;
  return (
    <ol className={classes["list"]} reversed>
      {data.toReversed().map((attempt) => (
        <Attempt key={`${attempt.attempt} ${attempt.at}`} attempt={attempt} />
      ))}
    </ol>
  );
}

const OUTCOMES: Readonly<Record<AttemptView["outcome"], readonly [word: string, tone: Tone]>> = {
  delivered: ["Delivered", "good"],
  failed: ["Failed", "bad"],
  broken: ["Broken off by Posthorn", "warn"],
  split: ["Split", "calm"],
  expired: ["Expired", "bad"],
  overflowed: ["Overflowed", "bad"],
  discarded: ["Discarded", "calm"],
};

function Attempt({ attempt }: { readonly attempt: AttemptView }) {
  const [word, tone] = OUTCOMES[attempt.outcome];
  const { text, code } = attemptWords(attempt);
  return (
    <li className={classes["attempt"]}>
      <div className={classes["head"]}>
        <Text span fw={600}>
          Attempt {attempt.attempt}
        </Text>
        <ToneBadge tone={tone}>
          {word}
          {attempt.status !== null && ` ${attempt.status}`}
        </ToneBadge>
        <Text span c="dimmed" size="sm" className={classes["time"] ?? ""}>
          {attempt.latency_ms !== null && `${duration(attempt.latency_ms)} · `}
          <RelativeTime at={attempt.at} />
        </Text>
      </div>
      <Stack gap={6}>
        <Text>{text}</Text>
        {code !== null && (
          <Text size="xs" c="dimmed" className="ph-break">
            <code>{code}</code>
            {attempt.message !== null && ` · ${attempt.message}`}
          </Text>
        )}
        {attempt.response_body !== null && attempt.response_body !== "" && (
          <CodeBlock text={prettyBody(attempt.response_body)} label="beginning of the answer" maxHeight={220} />
        )}
        {attempt.next_attempt_at !== null && (
          <Text size="xs" c="dimmed">
            The next one was set for {exactTime(attempt.next_attempt_at)}.
          </Text>
        )}
      </Stack>
    </li>
  );
}
