import { createRecent } from "./recent.ts";

test("what was used last is kept", () => {
  const recent = createRecent<string, number>(2);
  recent.set("a", 1);
  recent.set("b", 2);
  expect(recent.get("a")).toBe(1);
  recent.set("c", 3);
  expect(["a", "b", "c"].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
  recent.set("a", 4);
  recent.set("d", 5);
  expect([...recent.values()]).toEqual([4, 5]);
});
