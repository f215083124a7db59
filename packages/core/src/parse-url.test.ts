import { parseUrl } from "./parse-url.ts";

test.each(["https://bücher.example/ü", "https://example.com/日本", "http://[::1]:9000/"])(
  "%s is a URL, the first time and the twenty thousandth",
  (text) => {
    expect(parseUrl(text)?.href).toBe(new URL(text).href);
    for (let n = 0; n < 20_000; n++) if (parseUrl(text) === undefined) throw new Error(`refused at call ${n}`);
  },
);

test.each(["", "example.com", "/hook", "http://"])("%p is none", (text) => {
  expect(parseUrl(text)).toBeUndefined();
});
