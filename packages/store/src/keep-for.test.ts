import { keepFor } from "./keep-for.ts";

test("however many ask at about the same time, it is asked once, and later again", async () => {
  let asked = 0;
  const look = keepFor(50, async () => ++asked);
  expect(await Promise.all([look(), look(), look()])).toEqual([1, 1, 1]);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(await look()).toBe(2);
});

test("an error is told to all who ask meanwhile", async () => {
  let asked = 0;
  const look = keepFor(60_000, async () => {
    asked += 1;
    throw new Error("Redis is away");
  });
  await expect(look()).rejects.toThrow("away");
  await expect(look()).rejects.toThrow("away");
  expect(asked).toBe(1);
});
