import fc from "fast-check";
import { jsonShape } from "./json-shape.ts";

test("depth counts arrays and objects, not brackets inside strings", () => {
  expect(jsonShape('{"a":[{"b":"}]{[\\"{["}]}', 64).depth).toBe(3);
  expect(jsonShape(JSON.stringify({ name: "{[".repeat(500) }), 64).depth).toBe(1);
});

test("a hundred thousand nested arrays are seen as too deep and harm nothing", () => {
  expect(jsonShape("[".repeat(100_000), 64).depth).toBe(65);
});

test.each([
  ["a text", "x"],
  ["a text of escapes", "\\n"],
])("%s of sixteen megabytes is walked over like any other", (_, unit) => {
  const long = `"${unit.repeat((16 * 1024 * 1024) / unit.length)}"`;
  expect(jsonShape(`[${long},{"a":${long},"a":1}]`, 64)).toEqual({ depth: 2, duplicate: "[1].a" });
});

test("sixteen megabytes of blanks before a colon are walked over", () => {
  const blanks = " ".repeat(16 * 1024 * 1024);
  expect(jsonShape(`{"a":1,"a"${blanks}:1}`, 64).duplicate).toBe("a");
});

test("a name that an object has twice is found, with its path, however it is written", () => {
  expect(jsonShape('{"a":1,"b":2,"a":3}', 64).duplicate).toBe("a");
  expect(jsonShape('{"a":1,"\\u0061" : 3}', 64).duplicate).toBe("a");
  expect(jsonShape('{"x":{"y":1,"y":2}}', 64).duplicate).toBe("x.y");
  expect(jsonShape('[1,["a"],{"x":[{},{"y":1,"y":2}]}]', 64).duplicate).toBe("[2].x[1].y");
  expect(jsonShape('{"__proto__":1,"__proto__":2}', 64).duplicate).toBe("__proto__");
});

test("the same name in different objects, and the same text as a value, are no duplicates", () => {
  expect(jsonShape('[{"a":"a"},{"a":"a"},"a","a"]', 64).duplicate).toBeUndefined();
  expect(jsonShape('{"a":{"a":{"a":1}},"b":["a","a"]}', 64).duplicate).toBeUndefined();
});

test("no text makes it throw, and what JSON.stringify writes has no duplicates", () => {
  fc.assert(fc.property(fc.string(), (text) => void jsonShape(text, 64)));
  fc.assert(
    fc.property(fc.json(), (text) => jsonShape(JSON.stringify(JSON.parse(text)), 1_000).duplicate === undefined),
  );
});
