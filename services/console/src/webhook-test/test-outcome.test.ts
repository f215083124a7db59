import { ApiError } from "../api/api-error.ts";
import { accepted, failedWith, outcomeWords } from "./test-outcome.ts";

const response = { status: 500, headers: {}, body: "" };

test("a target that refuses is told apart from one that does not answer", () => {
  const refused = failedWith(new ApiError(400, [{ message: "no", response }]));
  expect(refused).toMatchObject({ kind: "refused", response });
  expect(outcomeWords(refused)).toBe("Refused with 500");
  const unanswered = failedWith(new ApiError(400, [{ message: "POST … failed with error code ECONNREFUSED" }]));
  expect(unanswered.kind).toBe("unanswered");
  expect(outcomeWords(unanswered)).toBe("No answer");
  expect(outcomeWords(accepted({ ...response, status: 204 }))).toBe("Accepted with 204");
});
