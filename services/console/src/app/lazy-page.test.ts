import { lazyPage } from "./lazy-page.ts";
import { PageLoadError } from "./page-load-error.ts";

const Page = (): null => null;

test("a page that came is shown", async () => {
  await expect(lazyPage(() => Promise.resolve(Page))()).resolves.toEqual({ Component: Page });
});

test("a page that did not come is not asked for again, since half of it would be missing", async () => {
  let calls = 0;
  const load = lazyPage(() => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error("Unable to preload CSS")) : Promise.resolve(Page);
  });
  await expect(load()).rejects.toThrow(PageLoadError);
  await expect(load()).rejects.toThrow(PageLoadError);
  expect(calls).toBe(1);
});
