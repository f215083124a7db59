import { problemWords } from "./problem-words.ts";

test.each([
  ["tls_ca is not a list of certificates", "tls_ca", "This is not a list of certificates"],
  ["target is required", "target", "Fill this in."],
  ["auth_credentials.username is not allowed to be empty", "auth_credentials.username", "Fill this in."],
  ["Header is reserved and cannot be used", "custom_headers", "Header is reserved and cannot be used"],
])("%s", (message, param, words) => {
  expect(problemWords(message, param, "This")).toBe(words);
});
