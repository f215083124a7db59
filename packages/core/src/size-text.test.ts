import { sizeText } from "./size-text.ts";

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_024, "1 kB"],
  [1_536, "1.5 kB"],
  [160 * 1_024, "160 kB"],
  [1_024 ** 2 - 1, "1 MB"],
  [9_642 * 1_024 ** 2, "9.4 GB"],
  [5_785 * 1_024 ** 2, "5.6 GB"],
  [2_000 * 1_024 ** 4, "2000 TB"],
])("%p bytes are %p", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
