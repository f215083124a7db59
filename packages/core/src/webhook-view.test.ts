import { formatTimestamp } from "./webhook-view.ts";

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

afterEach(() => jest.restoreAllMocks());

test("a timestamp is shown as clocks show it in its zone", () => {
  expect(formatTimestamp(AT_MS, "UTC")).toBe("2026-01-02 03:04:05");
  expect(formatTimestamp(AT_MS, "America/New_York")).toBe("2026-01-01 22:04:05");
  expect(formatTimestamp(AT_MS, "Asia/Kolkata")).toBe("2026-01-02 08:34:05");
});

test("a formatter is made once for many timestamps of a zone, and zones that come back are still right", () => {
  const made = jest.spyOn(Intl, "DateTimeFormat");
  for (let n = 0; n < 1_000; n++) formatTimestamp(AT_MS + n, "Europe/Berlin");
  expect(made.mock.calls.length).toBeLessThanOrEqual(1);
  const zones = Intl.supportedValuesOf("timeZone").slice(0, 100);
  const once = zones.map((timeZone) => formatTimestamp(AT_MS, timeZone));
  expect(zones.map((timeZone) => formatTimestamp(AT_MS, timeZone))).toEqual(once);
});
