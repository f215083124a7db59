import { mayWantJson, parseTokenAnswer, shownAnswer } from "./token-answer.ts";

const answer = (changes: object): string => JSON.stringify({ access_token: "t0ken", token_type: "Bearer", ...changes });

test.each([
  ["a number", 60, 60],
  ["a number as text", "60", 60],
  ["a fraction", 60.9, 60],
  ["a second", 1, 1],
  ["more than anybody counts", 1e30, 2 ** 31 - 1],
  ["nothing", undefined, 3_600],
  ["null", null, 3_600],
  ["an empty text", "", 3_600],
  ["a text that is no number", "soon", 3_600],
  ["zero", 0, 3_600],
  ["less than zero", -1, 3_600],
  ["a list", [60], 3_600],
])("expires_in as %s", (_, expires_in, expiresInS) => {
  expect(parseTokenAnswer(answer({ expires_in }))).toEqual({ token: "t0ken", expiresInS });
});

test.each([
  ["an answer that is no JSON", "<html>", "without a JSON object"],
  ["a list", "[]", "without a JSON object"],
  ["no token", "{}", "without an access_token"],
  ["an empty token", answer({ access_token: "" }), "without an access_token"],
  ["a number as token", answer({ access_token: 7 }), "without an access_token"],
  ["a token that no header may carry", answer({ access_token: "a\r\nX: y" }), "without an access_token"],
  ["another type of token", answer({ token_type: "mac" }), "with a token that is no bearer token"],
])("%s is no token", (_, body, why) => {
  expect(parseTokenAnswer(body)).toBe(why);
});

test("the type of a token may be left out, and its case does not matter", () => {
  expect(parseTokenAnswer('{"access_token":"a"}')).toMatchObject({ token: "a" });
  expect(parseTokenAnswer(answer({ token_type: "bEARER" }))).toMatchObject({ token: "t0ken" });
});

test.each([
  [415, "", true],
  [400, "", true],
  [400, '{"message":"client_id is required"}', true],
  [422, "{}", true],
  [400, '{"error":"invalid_request"}', true],
  [400, '{"error":"invalid_client"}', false],
  [400, '{"error":"unsupported_grant_type"}', false],
  [401, "", false],
  [403, "", false],
  [500, "", false],
  [200, "{}", false],
])("after %d %j to a form, trying JSON: %j", (status, body, expected) => {
  expect(mayWantJson(status, body)).toBe(expected);
});

test("what is shown of an answer holds no token", () => {
  const shown = (status: number, bodyStart: string) => shownAnswer({ status, headers: {}, bodyStart }).body;
  expect(shown(200, "access_token=t0k3n")).toBe("");
  expect(shown(400, answer({ token_type: "mac" }))).toBe("");
  expect(shown(400, '{"error":"invalid_client"}')).toBe('{"error":"invalid_client"}');
  expect(shown(500, "<html>")).toBe("<html>");
  expect(shown(302, '<a href="https://login.example/?code=s3cret">')).toBe("");
});

test("a redirect shows where it leads, but no secret in it", () => {
  const headers = { location: "https://us3r:pa55@login.example/a?code=s3cret" };
  expect(shownAnswer({ status: 302, headers, bodyStart: "" }).headers).toEqual({ location: "https://login.example/a" });
});

test("what is shown of an answer's headers lets nobody in", () => {
  const secret = { "set-cookie": "a", "x-subject-token": "b", authorization: "c", "authentication-info": "d" };
  const open = { "content-type": "text/html", "www-authenticate": 'Basic realm="x"', "x-trace": "e" };
  expect(shownAnswer({ status: 401, headers: { ...secret, ...open }, bodyStart: "" }).headers).toEqual(open);
});
