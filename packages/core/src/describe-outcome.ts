import type { AttemptOutcome, BrokenReason, UnreachableReason } from "./outcome.ts";

const UNREACHABLE: Readonly<Record<UnreachableReason, string>> = {
  dns: "The target's name could not be resolved",
  refused: "Posthorn's configuration allows no connection to the target's address",
  proxy: "No connection to the target could be made through the proxy",
  connect: "No connection to the target could be made",
  tls: "No trusted TLS connection to the target could be made",
  timeout: "The target did not answer in time",
  reset: "The target closed the connection before it had answered",
  protocol: "The target's answer is not valid HTTP",
  auth: "There was no token to be had for the target",
  other: "The attempt failed",
};

const BROKEN: Readonly<Record<BrokenReason, string>> = {
  ours: "Posthorn could not make the attempt, which is no failure of the target",
  unreadable: "Posthorn cannot open the stored secrets of the target, and waits",
  lost: "Redis has lost text of the batch, which cannot be sent so",
};

/** What an attempt came to, in a sentence for people who look for the reason. */
export function describeOutcome(outcome: AttemptOutcome): string {
  switch (outcome.kind) {
    case "answered":
      return outcome.status >= 300 && outcome.status <= 399
        ? `The target answered ${outcome.status}; redirects are not followed`
        : `The target answered ${outcome.status}`;
    case "unreachable":
      return `${UNREACHABLE[outcome.reason]}: ${outcome.message}`;
    case "broken":
      return `${BROKEN[outcome.reason]}: ${outcome.message}`;
  }
}
