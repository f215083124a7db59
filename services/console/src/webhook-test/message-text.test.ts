import { firstTypes, parseMessage, showMessage } from "./message-text.ts";

test("an event or a list of events can be sent", () => {
  expect(parseMessage('{"msys":{}}')).toEqual({ kind: "ok", message: { msys: {} } });
  expect(parseMessage(showMessage([{ msys: {} }]))).toEqual({ kind: "ok", message: [{ msys: {} }] });
});

test.each(["", "[1,", "7", '"text"', "null"])("%j cannot be sent, and says why", (text) => {
  expect(parseMessage(text)).toEqual({ kind: "bad", why: expect.stringMatching(/JSON|brackets/) });
});

test("a test starts with a few types that the webhook wants", () => {
  expect(firstTypes(["ad_status", "open", "delivery", "bounce"])).toEqual(["delivery", "bounce"]);
  expect(firstTypes(["ad_status", "ad_adjust", "success"])).toEqual(["ad_status", "ad_adjust"]);
  expect(firstTypes([])).toEqual([]);
});
