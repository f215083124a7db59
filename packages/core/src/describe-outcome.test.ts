import { describeOutcome } from "./describe-outcome.ts";
import type { AttemptOutcome } from "./outcome.ts";

const answered = (status: number): AttemptOutcome => ({
  kind: "answered",
  status,
  headers: {},
  bodyStart: "",
  latencyMs: 1,
});

test.each<[string, AttemptOutcome, string]>([
  ["a success", answered(204), "The target answered 204"],
  ["a refusal", answered(503), "The target answered 503"],
  ["a redirect", answered(302), "The target answered 302; redirects are not followed"],
  [
    "a target that cannot be reached",
    {
      kind: "unreachable",
      reason: "connect",
      errorCode: "ECONNREFUSED",
      message: "connect ECONNREFUSED 192.0.2.1:80",
      latencyMs: 1,
      stalledUpload: false,
    },
    "No connection to the target could be made: connect ECONNREFUSED 192.0.2.1:80",
  ],
  [
    "an attempt that Posthorn broke",
    { kind: "broken", reason: "ours", message: "no connection to Redis", latencyMs: 1 },
    "Posthorn could not make the attempt, which is no failure of the target: no connection to Redis",
  ],
  [
    "an attempt of which Redis has lost the text",
    { kind: "broken", reason: "lost", message: "chunk 1 is missing in Redis", latencyMs: 1 },
    "Redis has lost text of the batch, which cannot be sent so: chunk 1 is missing in Redis",
  ],
])("%s is told in a sentence", (_, outcome, sentence) => {
  expect(describeOutcome(outcome)).toBe(sentence);
});
