import { Text } from "@mantine/core";
import type { BatchView } from "@posthorn/api/views";
import { countdown, exactTime } from "../shared/format-time.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { useNow } from "../shared/ticking-clock.ts";

export interface NextAttemptProps {
  readonly batch: BatchView;
  /** The webhook is failing, so that its batches are tried one at a time. */
  readonly isFailing: boolean;
}

/** When a batch is tried next, or what became of it. */
export function NextAttempt({ batch, isFailing }: NextAttemptProps) {
  if (batch.ended_at === null && batch.next_attempt_at !== null) return <Countdown to={batch.next_attempt_at} />;
  return (
    <Text span c="dimmed" inherit>
      {batch.ended_at === null ? (
        untimedWords(batch.state, isFailing)
      ) : (
        <>
          ended <RelativeTime at={batch.ended_at} />
        </>
      )}
    </Text>
  );
}

function untimedWords(state: BatchView["state"], isFailing: boolean): string {
  switch (state) {
    case "open":
      return "when it is closed";
    case "waiting":
    case "scheduled":
      return isFailing ? "once the target works" : "when its turn comes";
    case "reserved":
      return "any moment";
    case "in_flight":
      return "now";
    case "paused":
      return "when it is resumed";
    case "delivered":
    case "expired":
    case "overflowed":
    case "discarded":
    case "split":
      return "never";
  }
}

/** How long it is until a moment, second by second. */
export function Countdown({ to }: { readonly to: string }) {
  const left = countdown(Date.parse(to), useNow());
  return (
    <time dateTime={to} title={exactTime(to)}>
      {left === "due" ? "due now" : `in ${left}`}
    </time>
  );
}
