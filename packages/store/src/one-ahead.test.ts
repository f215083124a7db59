import { oneAhead } from "./one-ahead.ts";

async function* source(asked: number[], failsAt = Infinity): AsyncGenerator<number> {
  for (let n = 1; n <= 5; n++) {
    asked.push(n);
    if (n === failsAt) throw new Error("the source fails");
    yield n;
  }
}

test("the next item is asked for while one is used, and all come in order", async () => {
  const asked: number[] = [];
  const seen: number[] = [];
  for await (const item of oneAhead(source(asked))) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked.at(-1)).toBe(Math.min(5, item + 1));
    seen.push(item);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5]);
});

test("a failure comes behind what came before it", async () => {
  const seen: number[] = [];
  const consume = async (): Promise<void> => {
    for await (const item of oneAhead(source([], 3))) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(item);
    }
  };
  await expect(consume()).rejects.toThrow("the source fails");
  expect(seen).toEqual([1, 2]);
});

test("who stops early hears nothing of a failure behind it", async () => {
  for await (const item of oneAhead(source([], 2))) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(item).toBe(1);
    break;
  }
  await new Promise((resolve) => setImmediate(resolve));
});
