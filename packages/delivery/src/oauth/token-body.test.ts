import { asForm, asJson } from "./token-body.ts";

test("texts, numbers and truth values make a form; what is null is left out", () => {
  expect(asForm({ client_id: "a&b", client_secret: "p=ä +", n: 1, b: true, empty: "", nothing: null })).toEqual({
    contentType: "application/x-www-form-urlencoded",
    text: "client_id=a%26b&client_secret=p%3D%C3%A4+%2B&n=1&b=true&empty=",
  });
});

test.each([[{ scope: ["a"] }], [{ claims: { a: 1 } }]])("%j makes no form", (body) => {
  expect(asForm(body)).toBeUndefined();
});

test("as JSON a body stays what it is", () => {
  expect(asJson({ scope: ["a"], nothing: null })).toEqual({
    contentType: "application/json",
    text: '{"scope":["a"],"nothing":null}',
  });
});
