import type { LookupAddress } from "node:dns";
import { createSystemLookup } from "./system-lookup.ts";

const ADDRESS: LookupAddress = { address: "10.0.0.1", family: 4 };

function failing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(code), { code }));
}

test("what the system says is told, also that it cannot tell", async () => {
  const ask = (lookup: () => Promise<LookupAddress[]>) =>
    createSystemLookup(1_000, lookup)({ name: "a", isSuspect: false });
  expect(await ask(async () => [ADDRESS])).toMatchObject({ kind: "found", addresses: [ADDRESS] });
  expect(await ask(async () => [])).toEqual({ kind: "unknown" });
  expect(await ask(failing("ENOTFOUND"))).toEqual({ kind: "unknown" });
  expect(await ask(failing("EAI_AGAIN"))).toEqual({ kind: "failed", code: "EAI_AGAIN" });
});

test("two names are asked for at a time; the rest waits, but not for long", async () => {
  const asked: string[] = [];
  const ends: (() => void)[] = [];
  const lookup = createSystemLookup(200, (name) => {
    asked.push(name);
    return new Promise((resolve) => ends.push(() => resolve([ADDRESS])));
  });
  const results = ["a", "b", "c", "d"].map((name) => lookup({ name, isSuspect: false }));
  ends.shift()?.();
  expect(await results[0]).toMatchObject({ kind: "found" });
  expect(await Promise.all(results.slice(1))).toEqual([{ kind: "silent" }, { kind: "silent" }, { kind: "busy" }]);
  expect(asked).toEqual(["a", "b", "c"]);
  for (const end of ends) end();
});

test("a name that hangs takes one place, however often it is asked for, and suspects leave one free", async () => {
  const asked: string[] = [];
  const ends: (() => void)[] = [];
  const lookup = createSystemLookup(50, async (name) => {
    asked.push(name);
    if (name === "quick") return [ADDRESS];
    return new Promise((resolve) => ends.push(() => resolve([ADDRESS])));
  });
  expect(await lookup({ name: "hung", isSuspect: false })).toEqual({ kind: "silent" });
  expect(await lookup({ name: "hung", isSuspect: true })).toEqual({ kind: "silent" });
  const suspects = [lookup({ name: "s1", isSuspect: true }), lookup({ name: "s2", isSuspect: true })];
  expect(await lookup({ name: "hung", isSuspect: true })).toEqual({ kind: "silent" });
  expect(await Promise.all(suspects)).toEqual([{ kind: "silent" }, { kind: "busy" }]);
  expect(asked).toEqual(["hung", "s1"]);
  for (const end of ends) end();
  expect(await lookup({ name: "quick", isSuspect: false })).toMatchObject({ kind: "found" });
});
