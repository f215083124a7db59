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
  expect(problemsOf(noAnswer(new TypeError("Failed to fetch")))[0]?.message).toBe("Posthorn does not answer.");
  expect(problemsOf(new ApiError(400, []))[0]?.message).toBe("Something in this page failed.");
  expect(problemsOf(new Error("x is undefined"))[0]?.description).toContain("x is undefined");
});
