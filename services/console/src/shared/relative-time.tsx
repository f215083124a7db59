import { duration, exactTime, relativeTime } from "./format-time.ts";
import { useNow } from "./ticking-clock.ts";

/** How long ago, or in how long, with the exact time in the viewer's zone when pointed at. */
export function RelativeTime({
  at,
  never = "never",
}: {
  readonly at: string | null | undefined;
  readonly never?: string;
}) {
  const nowMs = useNow();
  if (at === null || at === undefined) return <span>{never}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(Date.parse(at), nowMs)}
    </time>
  );
}

/** For how long something has been so. */
export function ElapsedTime({ since }: { readonly since: string }) {
  const nowMs = useNow();
  return (
    <time dateTime={since} title={`since ${exactTime(since)}`}>
      {duration(Math.max(1_000, nowMs - Date.parse(since)))}
    </time>
  );
}
