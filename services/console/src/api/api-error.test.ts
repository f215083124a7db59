import { ApiError, errorOfAnswer, noAnswer, problemsOf } from "./api-error.ts";

test("an error carries the problems that the API named", () => {
  const problems = [{ message: "target is required", param: "target" }, { message: "name is required" }];
  const error = errorOfAnswer(400, { errors: problems });
  expect(error.status).toBe(400);
  expect(error.problems).toEqual(problems);
  expect(error.message).toBe("target is required; name is required");
});

test.each([undefined, null, "<html>", {}, { errors: "no list" }, { errors: [] }, { errors: [{ text: "no message" }] }])(
  "an answer without problems, such as a proxy's, still says something: %j",
  (body) => {
    expect(errorOfAnswer(502, body).problems[0]?.message).toBe("The answer was 502.");
  },
);

test("whatever was thrown can be shown", () => {
  const lost = noAnswer(new TypeError("Failed to fetch"), { kind: "read", isLate: false });
  expect(problemsOf(lost)[0]?.message).toBe("Posthorn does not answer.");
  expect(problemsOf(new ApiError(400, []))[0]?.message).toBe("Something in this page failed.");
  expect(problemsOf(new Error("x is undefined"))[0]?.description).toContain("x is undefined");
});

test("only what is read is said to be tried again, and a change says what may have become of it", () => {
  const words = (...[kind, isLate]: readonly ["read" | "change" | "target", boolean]) => {
    const [problem] = problemsOf(noAnswer(undefined, { kind, isLate }));
    return `${problem?.message} ${problem?.description}`;
  };
  expect(words("read", true)).toContain("tries again by itself");
  for (const text of [words("change", false), words("change", true), words("target", true)]) {
    expect(text).not.toContain("by itself");
    expect(text).toContain("may have done this all the same");
  }
  expect(words("change", false)).toContain("most likely nothing was done");
});
