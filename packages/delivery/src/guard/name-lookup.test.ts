import type { LookupAddress } from "node:dns";
import { createNameLookup } from "./name-lookup.ts";
import type { NameResult } from "./name-result.ts";
import { createPlaces } from "./places.ts";

const IPV4: LookupAddress = { address: "192.0.2.1", family: 4 };

function found(ttlMs: number): NameResult {
  return { kind: "found", addresses: [IPV4], ttlMs };
}

interface HarnessOptions {
  readonly byDns: (name: string) => NameResult | Promise<NameResult>;
  readonly bySystem?: NameResult;
  readonly hosts?: ReadonlyMap<string, readonly LookupAddress[]>;
  readonly places?: { readonly total: number; readonly forSuspects: number };
  readonly placeWithinMs?: number;
}

function harness({ byDns, bySystem, hosts, places, placeWithinMs = 10_000 }: HarnessOptions) {
  const asked: string[] = [];
  const askedSystem: string[] = [];
  let nowMs = 0;
  const lookUp = createNameLookup({
    hostsFile: async (name) => hosts?.get(name),
    askDns: async (name) => {
      asked.push(name);
      return byDns(name);
    },
    askSystem: async ({ name }) => {
      askedSystem.push(name);
      return bySystem ?? { kind: "unknown" };
    },
    places: createPlaces(places ?? { total: 64, forSuspects: 32 }),
    placeWithinMs,
    monotonicMs: () => nowMs,
  });
  return {
    asked,
    askedSystem,
    lookUp,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test.each<[string, NameResult, number]>([
  ["addresses are kept as long as DNS says", found(12_000), 12_000],
  ["addresses are kept a second though DNS says they hold for no time", found(0), 1_000],
  ["addresses are kept no longer than half a minute", found(86_400_000), 30_000],
  ["a name that is not known is asked for again soon", { kind: "unknown" }, 1_000],
  ["a failure is forgotten soon", { kind: "failed", code: "ESERVFAIL" }, 1_000],
  ["a name that got no answer in time is refused at once for a while", { kind: "silent" }, 5_000],
])("%s", async (_, result, keptMs) => {
  const { lookUp, asked, pass } = harness({ byDns: () => result });
  expect(await lookUp("a.test")).toEqual(result);
  pass(keptMs - 1);
  expect(await lookUp("a.test")).toEqual(result);
  expect(asked).toHaveLength(1);
  pass(1);
  expect(await lookUp("a.test")).toEqual(result);
  expect(asked).toHaveLength(2);
});

test("a name is looked up once at a time, for all who want it", async () => {
  let answer: (result: NameResult) => void = () => undefined;
  const { lookUp, asked } = harness({
    byDns: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  const wanted = [lookUp("a.test"), lookUp("a.test"), lookUp("a.test")];
  await Promise.resolve();
  await Promise.resolve();
  answer(found(1_000));
  expect(await Promise.all(wanted)).toEqual([found(1_000), found(1_000), found(1_000)]);
  expect(asked).toEqual(["a.test"]);
});

test("the hosts file goes before DNS", async () => {
  const { lookUp, asked } = harness({ byDns: () => found(1_000), hosts: new Map([["db.test", [IPV4]]]) });
  expect(await lookUp("db.test")).toMatchObject({ kind: "found", addresses: [IPV4] });
  expect(await lookUp("db.test.")).toMatchObject({ kind: "found", addresses: [IPV4] });
  expect(asked).toEqual([]);
});

test("the system is asked for what DNS does not know, and for short names that DNS refuses", async () => {
  const answers: Record<string, NameResult> = {
    "unknown.test": { kind: "unknown" },
    short: { kind: "failed", code: "ESERVFAIL" },
    "nobody-listens.test": { kind: "failed", code: "ECONNREFUSED" },
    "long.test": { kind: "failed", code: "ESERVFAIL" },
    "silent.test": { kind: "silent" },
    "found.test": found(1_000),
  };
  const byDns = (name: string): NameResult => answers[name] ?? { kind: "unknown" };
  const { lookUp, askedSystem } = harness({ byDns, bySystem: found(5_000) });
  for (const name of Object.keys(answers)) await lookUp(name);
  expect(askedSystem).toEqual(["unknown.test", "short", "nobody-listens.test"]);
  expect(await lookUp("short")).toEqual(found(5_000));
});

test("the system's doubts do not count against what DNS is sure of", async () => {
  const doubts: NameResult = { kind: "failed", code: "EAI_AGAIN" };
  expect(await harness({ byDns: () => ({ kind: "unknown" }), bySystem: doubts }).lookUp("a.test")).toEqual({
    kind: "unknown",
  });
});

test("names that keep silent leave half of the places to the others, however many they are", async () => {
  let rounds = 1;
  const { lookUp, asked, pass } = harness({
    byDns: (name) => {
      if (name.startsWith("healthy")) return found(1_000);
      return rounds === 1 ? { kind: "silent" } : new Promise(() => undefined);
    },
    places: { total: 4, forSuspects: 2 },
    placeWithinMs: 500,
  });
  const dead = Array.from({ length: 20 }, (_, n) => `dead${n}.test`);
  await Promise.all(dead.map(lookUp));
  pass(5_000);
  rounds = 2;
  asked.length = 0;
  for (const name of dead) void lookUp(name);
  expect(await lookUp("healthy1.test")).toEqual(found(1_000));
  expect(await lookUp("healthy2.test")).toEqual(found(1_000));
  expect(asked.filter((name) => name.startsWith("dead"))).toHaveLength(2);
});

test("that there was no place says nothing of the name, and is not remembered", async () => {
  const ends: (() => void)[] = [];
  const { lookUp } = harness({
    byDns: (name) =>
      name === "slow.test" ? new Promise((resolve) => ends.push(() => resolve(found(1_000)))) : found(1_000),
    places: { total: 1, forSuspects: 1 },
    placeWithinMs: 20,
  });
  const slow = lookUp("slow.test");
  expect(await lookUp("a.test")).toEqual({ kind: "busy" });
  for (const end of ends) end();
  await slow;
  expect(await lookUp("a.test")).toEqual(found(1_000));
});
