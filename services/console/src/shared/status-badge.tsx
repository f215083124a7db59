import type { ComponentType, ReactNode } from "react";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleOff,
  IconClock,
  IconExclamationCircle,
  IconPlayerPause,
} from "@tabler/icons-react";
import classes from "./status-badge.module.css";
import { STATUS_WORDS, statusMeaning } from "./webhook-status.ts";
import type { StatusFacts, WebhookStatus } from "./webhook-status.ts";

const ICONS: Readonly<Record<WebhookStatus, ComponentType<{ readonly size: number; readonly "aria-hidden": true }>>> = {
  inactive: IconCircleOff,
  paused: IconPlayerPause,
  failing: IconAlertTriangle,
  failed: IconExclamationCircle,
  pending: IconClock,
  ok: IconCircleCheck,
};

export type Tone = "good" | "warn" | "bad" | "calm" | "info";

const TONES: Readonly<Record<WebhookStatus, Tone>> = {
  inactive: "calm",
  paused: "info",
  failing: "bad",
  failed: "warn",
  pending: "calm",
  ok: "good",
};

export interface StatusBadgeProps {
  readonly status: WebhookStatus;
  /** Why it is so, such as the reason for which it was switched off. */
  readonly reason?: string | null | undefined;
  /** What is known of its attempts. */
  readonly stats?: Pick<StatusFacts, "last_success_at" | "last_failure_at"> | undefined;
}

/** How a webhook stands, by sign, word and colour. */
export function StatusBadge({ status, reason, stats }: StatusBadgeProps) {
  const Icon = ICONS[status];
  return (
    <ToneBadge tone={TONES[status]} title={reason ?? statusMeaning(status, stats)}>
      <Icon size={14} aria-hidden />
      {STATUS_WORDS[status]}
    </ToneBadge>
  );
}

export interface ToneBadgeProps {
  readonly tone: Tone;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** A word on a soft ground; the colour only goes with what the word says. */
export function ToneBadge({ tone, title, children }: ToneBadgeProps) {
  return (
    <span className={classes["badge"]} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
