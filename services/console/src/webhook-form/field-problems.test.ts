import { fieldProblem, inFormOrder, ownProblems } from "./field-problems.ts";
import { NEW_WEBHOOK } from "./form-values.ts";
import type { WebhookFormValues } from "./form-values.ts";

const VALUES: WebhookFormValues = {
  ...NEW_WEBHOOK,
  eventChoice: "chosen",
  headers: [
    { name: "X-Key", value: "1" },
    { name: "Host", value: "a" },
    { name: "x-key", value: "2" },
  ],
};

test.each([
  [{ message: "target is required", param: "target" }, "target", "Fill this in."],
  [
    { message: "auth_credentials needs auth_type basic", param: "auth_credentials" },
    "username",
    "This needs auth_type basic",
  ],
  [{ message: "auth_credentials.password holds a", param: "auth_credentials.password" }, "password", "This holds a"],
  [
    { message: "auth_request_details.url is not allowed to be empty", param: "auth_request_details.url" },
    "tokenUrl",
    "Fill this in.",
  ],
  [{ message: "x", param: "auth_request_details.body.client_secret" }, "clientSecret", "x"],
  [{ message: "x", param: "auth_request_details.body.nested.more" }, "tokenExtras", "x"],
  [{ message: "Header is reserved", param: "custom_headers", value: "Host" }, "headers.1", "Header is reserved"],
  [{ message: "given twice", param: "custom_headers", value: "x-key" }, "headers.2", "given twice"],
  [{ message: "a mask", param: "custom_headers.X-Key" }, "headers.0", "a mask"],
  [{ message: "too many", param: "custom_headers" }, "headers", "too many"],
  [{ message: "x", param: "signing.secret" }, "signingSecret", "x"],
  [{ message: "x", param: "signing.overlap_seconds" }, "signingSecret", "x"],
  [{ message: "events[2] is not known", param: "events[2]", value: "opne" }, "events", '"opne" is not known'],
  [
    { message: "exception_subaccounts[0] is no number", param: "exception_subaccounts[0]", value: "x" },
    "exceptions",
    '"x" is no number',
  ],
  [{ message: "x", param: "subaccount_id" }, "scope", "x"],
  [{ message: "tls_ca is not a list", param: "tls_ca" }, "tlsCa", "This is not a list"],
  [{ message: "Unknown parameter", param: "colour" }, undefined, "Unknown parameter"],
  [{ message: "The store is not available now" }, undefined, "The store is not available now"],
])("%j stands beside %s", (problem, field, message) => {
  expect(fieldProblem(problem, VALUES)).toEqual({ field, message, description: undefined });
});

test("a subaccount that was to be chosen is the one that is wrong", () => {
  const problem = { message: "x", param: "subaccount_id", description: "y" };
  expect(fieldProblem(problem, { ...VALUES, scope: "subaccount" })).toEqual({
    field: "subaccount",
    message: "x",
    description: "y",
  });
});

test("what fits into no body is found here", () => {
  expect(ownProblems(VALUES)).toEqual([]);
  const twice = {
    ...VALUES,
    headers: [
      { name: "a", value: "1" },
      { name: "", value: "" },
      { name: "a", value: "2" },
    ],
  };
  expect(ownProblems({ ...twice, authType: "oauth2", tokenExtras: "[]" })).toMatchObject([
    { field: "tokenExtras" },
    { field: "headers.2", message: expect.stringContaining("Header 1") },
  ]);
  expect(ownProblems({ ...VALUES, authType: "none", tokenExtras: "[]" })).toEqual([]);
});

test("problems stand in the order of the form, those of no field first", () => {
  const fields = ["tlsCa", "headers.1", "target", undefined, "headers.0", "headers"] as const;
  const problems = fields.map((field) => ({ field, message: "x", description: undefined }));
  expect(inFormOrder(problems).map(({ field }) => field)).toEqual([
    undefined,
    "target",
    "headers",
    "headers.0",
    "headers.1",
    "tlsCa",
  ]);
});
