import { ApiError, noAnswer } from "../api/api-error.ts";
import { refusalOf } from "./refusal.ts";

const problems = [{ message: "target is no URL", param: "target" }];

test("what the API finds wrong with a form is to be mended in it", () => {
  expect(refusalOf(new ApiError(400, problems))).toEqual({ kind: "form", problems });
});

test.each([
  [new ApiError(404, problems), "deleted meanwhile"],
  [new ApiError(503, problems), "Nothing was saved"],
  [noAnswer(undefined, { kind: "target", isLate: true }), "not known to be saved"],
  [new Error("a mistake of the page"), "Nothing was saved"],
])("what is outside of the form is nothing to mend in it: %s", (error, title) => {
  expect(refusalOf(error)).toMatchObject({ kind: "outside", error, title: expect.stringContaining(title) });
});
