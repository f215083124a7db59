import type { ReactNode } from "react";
import { Alert } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";
import { ElapsedTime, RelativeTime } from "../shared/relative-time.tsx";
import { useNow } from "../shared/ticking-clock.ts";
import { Countdown } from "./batch-time.tsx";
import { waitingCounts, waitingWords } from "./waiting-counts.ts";

export interface WebhookNoticesProps {
  readonly webhook: WebhookView;
  readonly stats: WebhookStatsView | undefined;
}

/** Why it does not deliver, and what to do about that. */
export function WebhookNotices({ webhook, stats }: WebhookNoticesProps) {
  const nowMs = useNow(5_000);
  const unreadableSince = stats?.secrets_unreadable_since ?? null;
  const failingSince = stats?.failing_since ?? null;
  const nextProbe = stats?.next_probe_at ?? null;
  const heldUntil = stats?.held_until ?? null;
  if (!webhook.active) {
    return (
      <Notice kind="info" title="It is inactive">
        {webhook.inactive_reason === null
          ? "Somebody switched it off: it gets no new events, and what waits is not tried and expires."
          : `Posthorn switched it off: ${webhook.inactive_reason}. It gets no new events, and what waits is not tried and expires.`}{" "}
        Edit it and make it active to go on.
      </Notice>
    );
  }
  if (unreadableSince !== null) {
    return (
      <Notice kind="bad" title="Its stored secrets cannot be opened">
        For <ElapsedTime since={unreadableSince} />. Start Posthorn with the POSTHORN_SECRET that they were sealed with,
        or edit the webhook and set them anew.
      </Notice>
    );
  }
  if (webhook.paused) {
    return (
      <Notice kind="info" title="It is paused">
        Its events are kept, up to the limit of the back-log, and nothing is tried. Clocks stand still: nothing expires.
      </Notice>
    );
  }
  if (failingSince !== null && stats !== undefined && waitingWords(waitingCounts(stats)) === undefined) {
    return (
      <Notice kind="bad" title="Its target refused everything that it was sent last">
        For <ElapsedTime since={failingSince} />. Nothing waits: the next event will tell whether it works again.
      </Notice>
    );
  }
  if (failingSince !== null) {
    return (
      <Notice kind="bad" title="Its target refuses everything at the moment">
        For <ElapsedTime since={failingSince} />. One batch at a time is tried
        {nextProbe !== null && (
          <>
            , the next one <Countdown to={nextProbe} /> at the latest
          </>
        )}
        ; when the target takes one, all that waits follows. The attempts of a batch below tell the reason. Once the
        target is repaired, “Retry all” tries everything at once.
      </Notice>
    );
  }
  if (heldUntil !== null && Date.parse(heldUntil) > nowMs) {
    return (
      <Notice kind="info" title="Its target asked for a pause">
        By Retry-After; it is tried again <RelativeTime at={heldUntil} />. “Retry all” does not wait for that.
      </Notice>
    );
  }
  return null;
}

interface NoticeProps {
  readonly kind: "bad" | "info";
  readonly title: string;
  readonly children: ReactNode;
}

function Notice({ kind, title, children }: NoticeProps) {
  return (
    <Alert
      variant="outline"
      color={kind === "bad" ? "var(--ph-bad)" : "var(--ph-calm)"}
      title={title}
      icon={kind === "bad" ? <IconAlertTriangle aria-hidden /> : <IconInfoCircle aria-hidden />}
    >
      {children}
    </Alert>
  );
}
