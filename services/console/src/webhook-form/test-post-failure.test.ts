import { adviceFor, testPostFailure } from "./test-post-failure.ts";

const response = { status: 404, headers: { "content-type": "text/plain" }, body: "no" };

test("a target's refusal comes with its answer and advice", () => {
  const message = "POST to webhook target URL failed with non-2xx response code 404";
  expect(testPostFailure([{ message, description: "It must.", code: 400, response }])).toEqual({
    at: "target",
    message,
    description: "It must.",
    response,
    advice: adviceFor(404),
  });
});

test("who does not answer at all is described by the API", () => {
  const problem = {
    message: "POST to webhook target URL failed with error code ECONNREFUSED",
    description: "Start it.",
  };
  expect(testPostFailure([problem])).toEqual({ at: "target", ...problem, response: undefined, advice: undefined });
});

test("a token URL is told apart from the target", () => {
  expect(testPostFailure([{ message: "POST to webhook tokens URL failed", response }])).toMatchObject({
    at: "token URL",
    advice: undefined,
  });
});

test("other problems are none of a test POST", () => {
  expect(testPostFailure([{ message: "name is required", param: "name" }])).toBeUndefined();
});

test.each([301, 401, 404, 405, 410, 413, 415, 422, 429, 500, 503, 418])("there is advice for %d", (status) => {
  expect(adviceFor(status)).toMatch(/\.$/);
});
