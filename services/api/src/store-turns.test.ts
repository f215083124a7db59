import { createStoreTurns } from "./store-turns.ts";

/** Work that ends when it is told to; `begun` tells what has its turn, in order. */
function harness(maxBytes: number, patienceMs?: number) {
  const turns = createStoreTurns(maxBytes, patienceMs);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (name: string, bytes: number): Promise<string> =>
    turns.run(bytes, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { turns, begun, start, end };
}

test("bodies take turns in the order of their arrival, as many at a time as there is room for", async () => {
  const { begun, start, end } = harness(100);
  const all = [start("a", 60), start("b", 40), start("c", 50), start("d", 10)];
  expect(begun).toEqual(["a", "b"]);
  // There is room for the fourth, but the third came first.
  await end("b");
  expect(begun).toEqual(["a", "b"]);
  await end("a");
  expect(begun).toEqual(["a", "b", "c", "d"]);
  await end("c");
  await end("d");
  expect(await Promise.all(all)).toEqual(["a", "b", "c", "d"]);
});

test("alone, a body may be larger than the room", async () => {
  const { begun, start, end } = harness(100);
  const all = [start("a", 500), start("b", 500)];
  expect(begun).toEqual(["a"]);
  await end("a");
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  await Promise.all(all);
});

test("work that fails gives its turn to the next", async () => {
  const { turns, begun, start, end } = harness(100);
  const failing = turns.run(100, () => Promise.reject(new Error("broken")));
  const next = start("next", 100);
  await expect(failing).rejects.toThrow("broken");
  expect(begun).toEqual(["next"]);
  await end("next");
  await next;
});

test("who waits too long is told to come back, takes no turn later and holds nobody up", async () => {
  const { begun, start, end } = harness(100, 50);
  const first = start("first", 60);
  const late = start("late", 100);
  const fits = start("fits", 40);
  await expect(late).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 1 });
  expect(begun).toEqual(["first", "fits"]);
  await end("first");
  await end("fits");
  await Promise.all([first, fits]);
  expect(begun).toEqual(["first", "fits"]);
});
