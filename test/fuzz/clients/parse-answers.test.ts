import { parseAnswers } from "./parse-answers.ts";

const parse = (text: string) => {
  const { answers, rest } = parseAnswers(Buffer.from(text));
  return { answers: answers.map(({ status, text: body }) => [status, body]), rest: rest.toString() };
};

test("answers behind each other are told apart by their lengths, and 100 Continue is none", () => {
  const text =
    "HTTP/1.1 100 Continue\r\n\r\n" +
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nX-Request-ID: a\r\n\r\n{ }" +
    "HTTP/1.1 304 Not Modified\r\n\r\n" +
    "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\u00e9\u00e9";
  expect(parse(text)).toEqual({
    answers: [
      [400, "{ }"],
      [304, ""],
      [200, "\u00e9\u00e9"],
    ],
    rest: "",
  });
  expect(parseAnswers(Buffer.from(text)).answers[0]?.header("x-request-id")).toBe("a");
});

test.each([
  "<html>an error</html>\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
  "HTTP/1.1 200 OK\r\nContent",
])("what is no whole answer is left over: %j", (text) => {
  expect(parse(`HTTP/1.1 204 No Content\r\n\r\n${text}`)).toEqual({ answers: [[204, ""]], rest: text });
});
