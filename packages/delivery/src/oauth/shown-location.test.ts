import { shownLocation } from "./shown-location.ts";

test.each([
  ["https://login.example/oauth/token", "https://login.example/oauth/token"],
  ["https://us3r:pa55@login.example/a?code=s3cret#s3cret", "https://login.example/a"],
  ["https://us3r@pa55@login.example/a", "https://login.example/a"],
  ["//us3r:pa55@login.example", "//login.example"],
  ["https:\\\\us3r:pa55@login.example\\a", "https:\\\\login.example\\a"],
  ["/login?code=s3cret", "/login"],
  ["?code=s3cret", ""],
  ["#s3cret", ""],
  ["/a@b", "/a@b"],
])("of %s is shown %j", (location, shown) => {
  expect(shownLocation(location)).toBe(shown);
});
