import type { AttemptOutcome } from "@posthorn/core";
import { startedAfter } from "../started-after.ts";
import type { Tokens } from "./tokens.ts";
import { outcomeOf } from "./token-result.ts";
import type { OAuthDetails } from "./token-result.ts";

interface AttemptWithToken {
  readonly details: OAuthDetails;
  /** POSTs the batch with the token, within the time given. */
  readonly post: (token: string, withinMs: number) => Promise<AttemptOutcome>;
  readonly tokens: Pick<Tokens, "current" | "next">;
  /** The time of one POST; all of it takes at most twice that. */
  readonly timeoutMs: number;
  readonly stop: AbortSignal | undefined;
}

/**
 * One attempt under OAuth2. A target that answers 400 or 401 is taken to have refused the token: another one is got,
 * once, and the POST is repeated with it, both within one more time of a POST.
 */
export async function postWithToken(attempt: AttemptWithToken): Promise<AttemptOutcome> {
  const { details, post, tokens, timeoutMs, stop } = attempt;
  const startedAtMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedAtMs;

  const first = await tokens.current(details, { withinMs: timeoutMs, stop });
  if (first.kind !== "granted") return outcomeOf(first, elapsedMs());
  const firstPostAtMs = elapsedMs();
  const refusal = startedAfter(
    firstPostAtMs,
    await post(first.token, Math.min(timeoutMs, 2 * timeoutMs - firstPostAtMs)),
  );
  if (!isTokenRefused(refusal)) return refusal;

  const refusedAtMs = elapsedMs();
  const endsAtMs = Math.min(refusedAtMs + timeoutMs, 2 * timeoutMs);
  // Without time for more, what the target said stands.
  if (refusedAtMs >= endsAtMs) return refusal;
  const second = await tokens.next(details, first.token, { withinMs: endsAtMs - refusedAtMs, stop });
  if (second.kind !== "granted") return outcomeOf(second, elapsedMs());
  const secondPostAtMs = elapsedMs();
  if (secondPostAtMs >= endsAtMs) return refusal;
  return startedAfter(secondPostAtMs, await post(second.token, endsAtMs - secondPostAtMs));
}

function isTokenRefused(outcome: AttemptOutcome): boolean {
  return outcome.kind === "answered" && (outcome.status === 400 || outcome.status === 401);
}
