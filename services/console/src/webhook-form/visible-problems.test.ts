import { NEW_WEBHOOK } from "./form-values.ts";
import { visibleProblems } from "./visible-problems.ts";

const problem = (field: Parameters<typeof visibleProblems>[0][number]["field"]) => ({
  field,
  message: "x",
  description: undefined,
});
const before = NEW_WEBHOOK;

const seen = (values: Partial<typeof before>, isSubmitted = false) =>
  visibleProblems([problem("name"), problem("target"), problem("events"), problem("headers.0"), problem(undefined)], {
    values: { ...before, ...values },
    before,
    isSubmitted,
  }).map(({ field }) => field);

test("what nobody has filled in yet is no mistake, until the form is sent", () => {
  expect(seen({})).toEqual([undefined]);
  expect(seen({}, true)).toEqual(["name", "target", "events", "headers.0", undefined]);
});

test("what somebody has typed is judged at once", () => {
  expect(seen({ target: "htp:" })).toEqual(["target", undefined]);
  expect(seen({ headers: [{ name: "Host", value: "" }] })).toEqual(["headers.0", undefined]);
});

test("what somebody has emptied is judged, too", () => {
  const options = { values: { ...before, name: "" }, before: { ...before, name: "CRM" }, isSubmitted: false };
  expect(visibleProblems([problem("name")], options)).toHaveLength(1);
});

test("what was there before is judged, too, as another field may have made it wrong", () => {
  const filled = { ...before, headers: [{ name: "Authorization", value: "********" }] };
  const options = { values: { ...filled, authType: "basic" as const }, before: filled, isSubmitted: false };
  expect(visibleProblems([problem("headers.0")], options)).toHaveLength(1);
});
