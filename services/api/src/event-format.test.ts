import type { IncomingMessage } from "node:http";
import { DomainError } from "@posthorn/core";
import { eventFormat } from "./event-format.ts";

const formatOf = (type: string | undefined, fallback: "json" | "ndjson" = "json") =>
  eventFormat({ headers: type === undefined ? {} : { "content-type": type } } as IncomingMessage, fallback);

test.each([
  [undefined, "json"],
  ["application/json", "json"],
  ["Application/JSON; Charset=UTF-8", "json"],
  ['application/json;charset="utf-8"', "json"],
  ["application/x-ndjson", "ndjson"],
  ["application/x-ndjson; charset=utf-8", "ndjson"],
  ["application/ndjson", "ndjson"],
])("Content-Type %s is read as %s", (type, expected) => {
  expect(formatOf(type)).toBe(expected);
});

test("where lines are the rule, a missing type and application/json mean lines", () => {
  expect(formatOf(undefined, "ndjson")).toBe("ndjson");
  expect(formatOf("application/json", "ndjson")).toBe("ndjson");
});

test.each(["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "json", "application/json-seq"])(
  "Content-Type %p is refused by name",
  (type) => {
    expect(() => formatOf(type)).toThrow(DomainError);
    expect(() => formatOf(type)).toThrow(/application\/json or application\/x-ndjson/);
  },
);

test.each(["application/json; charset=latin1", "application/x-ndjson; charset=utf-16"])("%s is refused", (type) => {
  expect(() => formatOf(type)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_TYPE" }));
});
