import { bytes, count, counted, percent, rate, shortCount } from "./format-number.ts";

test("counts have their thousands marked, and their noun in number", () => {
  expect(count(1_234_567)).toBe("1,234,567");
  expect(counted(1, "batch", "batches")).toBe("1 batch");
  expect(counted(0, "batch", "batches")).toBe("0 batches");
  expect(counted(2_000, "event")).toBe("2,000 events");
  expect(shortCount(9_999)).toBe("9,999");
  expect(shortCount(12_345)).toBe("12.3K");
});

test.each([
  [0, "0"],
  [0.01, "<0.1"],
  [0.44, "0.4"],
  [3, "3"],
  [17.2, "17"],
  [25_300, "25.3K"],
])("a rate of %d reads %s", (value, text) => {
  expect(rate(value)).toBe(text);
});

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_024, "1 kB"],
  [1_540, "1.5 kB"],
  [1_048_063, "1023 kB"],
  [1_048_064, "1 MB"],
  [268_435_456, "256 MB"],
  [5_000 * 1_024 ** 4, "5000 TB"],
])("%d bytes read %s", (value, text) => {
  expect(bytes(value)).toBe(text);
});

test("what is nearly all is not called all, and what is nearly nothing not nothing", () => {
  expect(percent(1)).toBe("100 %");
  expect(percent(0.9999)).toBe(">99.9 %");
  expect(percent(0.994)).toBe("99.4 %");
  expect(percent(0.5)).toBe("50 %");
  expect(percent(0.0001)).toBe("<0.1 %");
  expect(percent(0)).toBe("0 %");
});
