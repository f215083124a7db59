import type { DataExamination } from "@posthorn/store";
import { age, counted } from "../ops/amounts.ts";
import { printable } from "../printable.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

type Examined = DataExamination["webhooks"][number];

const NAMED_MAX = 5;
/** What waits for a healthy webhook for longer is late. */
const LATE_MS = 5 * 60_000;

/** Which webhooks need somebody to look at them. */
export function checkWebhooks(
  { webhooks, pausedSinceMs }: Pick<DataExamination, "webhooks" | "pausedSinceMs">,
  nowMs: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (pausedSinceMs !== undefined) {
    findings.push(
      warning("paused", `Everything is paused since ${new Date(pausedSinceMs).toISOString()}`, "npm run ops -- resume"),
    );
  }
  const present = webhooks.filter(({ webhook }) => !webhook.leaving);
  const pick = (is: (one: Examined) => boolean): readonly Examined[] => present.filter(is);
  const unreadable = pick(({ stats }) => stats.unreadableSinceMs !== null);
  if (unreadable.length > 0) {
    findings.push(
      problem(
        "secrets-unreadable",
        `The stored secrets of ${named(unreadable)} cannot be opened`,
        "give the secret that they were sealed with as POSTHORN_SECRET_PREVIOUS, or set them anew by one PUT",
      ),
    );
  }
  const failing = pick(({ stats }) => stats.failingSinceMs !== null);
  if (failing.length > 0) {
    findings.push(
      warning(
        "failing",
        `${counted(failing.length, "webhook")} failing: ${named(failing, ({ stats }) => ago(stats.failingSinceMs, nowMs))}`,
        "see what their targets answer: GET /api/v1/webhooks/{id}/batch-status, or npm run ops -- batches --webhook <id>",
      ),
    );
  }
  const deactivated = pick(({ webhook }) => !webhook.active && webhook.inactiveReason !== null);
  if (deactivated.length > 0) {
    findings.push(
      warning(
        "inactive",
        `Set inactive by their targets' answers: ${named(deactivated)}`,
        "correct the target and update the webhook with active true, or delete it",
      ),
    );
  }
  const late = pick((one) => isLate(one, nowMs));
  if (late.length > 0 && pausedSinceMs === undefined) {
    findings.push(
      warning(
        "late",
        `Batches of healthy webhooks wait: ${named(late, ({ stats }) => ago(stats.oldestWaitingAtMs, nowMs))}`,
        "start more workers, or raise WEBHOOK_CONCURRENCY or the webhook's concurrency",
      ),
    );
  }
  if (findings.length === 0)
    findings.push(ok("webhooks", `${counted(present.length, "webhook")}, none of which fails`));
  return findings;
}

function isLate({ webhook, stats }: Examined, nowMs: number): boolean {
  const isHeldBack =
    !webhook.active ||
    webhook.paused ||
    stats.failingSinceMs !== null ||
    stats.heldUntilMs !== null ||
    stats.unreadableSinceMs !== null;
  return !isHeldBack && stats.oldestWaitingAtMs !== null && stats.oldestWaitingAtMs < nowMs - LATE_MS;
}

function named(found: readonly Examined[], more: (one: Examined) => string = () => ""): string {
  const names = found.slice(0, NAMED_MAX).map((one) => `${printable(one.webhook.name) || one.webhook.id}${more(one)}`);
  return names.join(", ") + (found.length > NAMED_MAX ? ` and ${found.length - NAMED_MAX} more` : "");
}

function ago(ms: number | null, nowMs: number): string {
  return ms === null ? "" : ` for ${age(new Date(ms).toISOString(), nowMs)}`;
}
