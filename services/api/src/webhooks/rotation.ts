import { readUpdate } from "@posthorn/core";
import type { WebhookChange, WebhookSettings } from "@posthorn/core";

/**
 * What the body of `POST …/rotate-secret` makes of a webhook: `secret` or, without one, a new secret signs from now on,
 * and the one before it for `overlap_seconds` more.
 */
export function readRotation(
  body: unknown,
  before: WebhookSettings,
  tools: { readonly nowMs: number; readonly generateSecret: () => string },
): WebhookChange {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { kind: "bad", problems: [{ message: "The body is not a JSON object" }] };
  }
  if (before.signing === null) {
    return {
      kind: "bad",
      problems: [
        { message: 'Batches of this webhook are not signed: turn it on with PUT {"signing":{"enabled":true}}' },
      ],
    };
  }
  const { secret: given, overlap_seconds, ...others } = body as Record<string, unknown>;
  const generatedSecret = given === undefined ? tools.generateSecret() : undefined;
  const signing = { secret: given ?? generatedSecret, ...(overlap_seconds === undefined ? {} : { overlap_seconds }) };
  const change = readUpdate({ signing }, "", before, { ...tools, isKnownEventType: () => true, scope: undefined });
  const unknown = Object.keys(others).map((param) => ({ message: "Unknown parameter", param }));
  if (change.kind === "ok" && unknown.length === 0) return { ...change, generatedSecret };
  const problems = change.kind === "ok" ? [] : change.problems;
  return {
    kind: "bad",
    problems: [...unknown, ...problems].map((problem) => ({
      ...problem,
      message: problem.message.replace(/^signing\./, ""),
      ...(problem.param === undefined ? {} : { param: problem.param.replace(/^signing\./, "") }),
    })),
  };
}
