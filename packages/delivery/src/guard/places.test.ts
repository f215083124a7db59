import { createPlaces } from "./places.ts";

interface Held {
  readonly done: Promise<string | undefined>;
  end(): void;
}

function harness(total: number, forSuspects: number) {
  const places = createPlaces({ total, forSuspects });
  const begun: string[] = [];
  return {
    begun,
    hold: (name: string, isSuspect: boolean, withinMs = 10_000): Held => {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const done = places.run({ isSuspect, withinMs }, async () => {
        begun.push(name);
        await ended;
        return name;
      });
      return { done, end: () => end() };
    },
  };
}

test("work waits for a place in the order of its arrival", async () => {
  const { hold, begun } = harness(2, 1);
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => hold(name, false)) as [Held, Held, Held, Held];
  expect(begun).toEqual(["a", "b"]);
  b.end();
  expect(await b.done).toBe("b");
  a.end();
  c.end();
  d.end();
  await Promise.all([a.done, c.done, d.done]);
  expect(begun).toEqual(["a", "b", "c", "d"]);
});

test("suspects hold no more than their part, however many they are", async () => {
  const { hold, begun } = harness(4, 2);
  const suspects = Array.from({ length: 50 }, (_, n) => hold(`suspect ${n}`, true));
  const honest = ["a", "b"].map((name) => hold(name, false));
  expect(begun).toEqual(["suspect 0", "suspect 1", "a", "b"]);
  const late = hold("late", false);
  suspects[0]?.end();
  await suspects[0]?.done;
  expect(begun.at(-1)).toBe("late");
  for (const held of [...suspects, ...honest, late]) held.end();
  await Promise.all([...suspects, ...honest, late].map(({ done }) => done));
  expect(begun).toHaveLength(53);
});

test("work that fails gives its place back", async () => {
  const places = createPlaces({ total: 1, forSuspects: 1 });
  const request = { isSuspect: true, withinMs: 10_000 };
  const failing = places.run(request, () => Promise.reject(new Error("no")));
  const next = places.run(request, () => Promise.resolve("next"));
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("next");
});

test("who waits too long is told, and takes no place later", async () => {
  const { hold, begun } = harness(1, 1);
  const first = hold("first", false);
  expect(await hold("second", false, 20).done).toBeUndefined();
  const third = hold("third", false);
  first.end();
  third.end();
  expect(await third.done).toBe("third");
  expect(begun).toEqual(["first", "third"]);
});
