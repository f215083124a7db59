import { mayReload, readReload, writeReload } from "./reload-once.ts";

const last = { path: "/api-keys", atMs: 1_000_000 };

test("a page that does not come is loaded anew by itself once, and again only much later", () => {
  expect(mayReload(undefined, "/api-keys", 0)).toBe(true);
  expect(mayReload(last, "/api-keys", last.atMs + 59_000)).toBe(false);
  expect(mayReload(last, "/api-keys", last.atMs + 60_000)).toBe(true);
  expect(mayReload(last, "/catalogue", last.atMs)).toBe(true);
});

test("the last reload is remembered over the next one", () => {
  expect(readReload(null)).toBeUndefined();
  expect(readReload(writeReload(last))).toEqual(last);
});
