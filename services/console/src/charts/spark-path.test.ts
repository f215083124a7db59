import { sparkPath } from "./spark-path.ts";

test("values are drawn from left to right, the highest at the top", () => {
  expect(sparkPath([0, 5, 10], { width: 100, height: 20 })).toBe("M0,20L50,10L100,0");
});

test("zeros lie on the ground, and one value is no line", () => {
  expect(sparkPath([0, 0], { width: 10, height: 4 })).toBe("M0,4L10,4");
  expect(sparkPath([7], { width: 10, height: 4 })).toBe("");
});
