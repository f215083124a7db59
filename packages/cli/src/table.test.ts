import { table } from "./table.ts";

test("a cell stays one line, and neither steers the terminal nor turns the direction of the text", () => {
  const name = "esc \u001B[31mRED\u001B[0m\nline\ttab \u0007\u0000 \u009B1m \u202Eturned";
  const shown = table(
    ["NAME", "ID"],
    [
      [name, "1"],
      ["plain", "2"],
    ],
  );
  expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202E]/u);
  const [heading = "", first = "", second = ""] = shown.split("\n");
  expect(first).toContain(
    String.raw`esc \u001b[31mRED\u001b[0m\u000aline\u0009tab \u0007\u0000 \u009b1m \u202eturned  1`,
  );
  expect([heading.indexOf("ID"), second.indexOf("2")]).toEqual([first.length - 1, first.length - 1]);
});
