import { definitionProblems } from "./definition-problems.ts";

const old = [{ message: "name is required", param: "name" }];
const now = [{ message: "target is no URL", param: "target" }];
const away = [{ message: "The store is not available now" }];

test("an older check stands until the next one comes", () => {
  expect(definitionProblems({ checked: old, isChecked: false, refused: undefined })).toEqual(old);
  expect(definitionProblems({ checked: now, isChecked: true, refused: undefined })).toEqual(now);
});

test("a refusal of this very form is newer than the check before it", () => {
  expect(definitionProblems({ checked: old, isChecked: false, refused: now })).toEqual(now);
  expect(definitionProblems({ checked: old, isChecked: false, refused: [] })).toEqual([]);
});

test("a check of this very form is told once, with what only sending it has found", () => {
  expect(definitionProblems({ checked: now, isChecked: true, refused: [...now, ...away] })).toEqual([...now, ...away]);
});
