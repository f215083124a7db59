import { Text } from "@mantine/core";
import type { BatchView } from "@posthorn/api/views";
import { countdown, exactTime } from "../shared/format-time.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { useNow } from "../shared/ticking-clock.ts";

/** When a batch is tried next, or what became of it. */
export function NextAttempt({ batch }: { readonly batch: BatchView }) {
  const nowMs = useNow();
  if (batch.ended_at !== null) {
    return (
      <Text span c="dimmed" inherit>
        ended <RelativeTime at={batch.ended_at} />
      </Text>
    );
  }
  if (batch.next_attempt_at !== null) {
    return (
      <time dateTime={batch.next_attempt_at} title={exactTime(batch.next_attempt_at)}>
        {countdownWords(countdown(Date.parse(batch.next_attempt_at), nowMs))}
      </time>
    );
  }
  return (
    <Text span c="dimmed" inherit>
      {WITHOUT_TIME[batch.state] ?? "–"}
    </Text>
  );
}

function countdownWords(left: string): string {
  return left === "due" ? "due now" : `in ${left}`;
}

const WITHOUT_TIME: Readonly<Partial<Record<BatchView["state"], string>>> = {
  open: "when it is closed",
  waiting: "when its turn comes",
  scheduled: "when its turn comes",
  reserved: "any moment",
  in_flight: "now",
  paused: "when it is resumed",
};
