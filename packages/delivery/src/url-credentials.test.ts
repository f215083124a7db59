import { splitCredentials } from "./url-credentials.ts";

test("credentials are taken out of a URL with letters such as ü, the first time and the twenty thousandth", () => {
  const split = { url: "https://bücher.example/ü", credentials: "ada:s3cret" };
  for (let n = 0; n < 20_000; n++) {
    if (splitCredentials("https://ada:s3cret@bücher.example/ü").credentials === undefined) throw new Error(`call ${n}`);
  }
  expect(splitCredentials("https://ada:s3cret@bücher.example/ü")).toEqual(split);
});

test.each(["https://bücher.example/ü", "nonsense"])("%s has none, and stays as it is", (text) => {
  expect(splitCredentials(text)).toEqual({ url: text, credentials: undefined });
});
