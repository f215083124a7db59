import { parseRedisAddress, shownRedisAddress } from "./redis-address.ts";
import type { RedisAddress } from "./redis-address.ts";

const NO_LOGIN = { username: undefined, password: undefined };

function addressOf(text: string): RedisAddress {
  const parsed = parseRedisAddress(text);
  if (parsed.kind === "bad") throw new Error(parsed.problems.join("\n"));
  return parsed.address;
}

function problemsOf(text: string): readonly string[] {
  const parsed = parseRedisAddress(text);
  return parsed.kind === "bad" ? parsed.problems : [];
}

test("one Redis is told by its URL, which stays as it is", () => {
  for (const url of [
    "redis://r",
    "rediss://user:p%40ss@r.example:6380/3",
    "redis://:secret@[::1]:6379",
    "redis://r/",
  ]) {
    expect(addressOf(url)).toBe(url);
  }
});

test("Sentinels are told with the name of the master, its database, and logins for both", () => {
  expect(addressOf("redis+sentinel://h1:26379,h2,[::1]:5000/mymaster/2")).toEqual({
    kind: "sentinel",
    sentinels: [
      { host: "h1", port: 26_379 },
      { host: "h2", port: 26_379 },
      { host: "::1", port: 5_000 },
    ],
    master: "mymaster",
    database: 2,
    tls: false,
    login: NO_LOGIN,
    sentinelLogin: NO_LOGIN,
  });
  expect(
    addressOf("rediss+sentinel://us%3Aer:p%40s,s@h1/my%20master?sentinelUsername=watch&sentinelPassword=a%26b+c"),
  ).toMatchObject({
    sentinels: [{ host: "h1", port: 26_379 }],
    master: "my master",
    database: 0,
    tls: true,
    login: { username: "us:er", password: "p@s,s" },
    sentinelLogin: { username: "watch", password: "a&b+c" },
  });
});

test("a Cluster is told by some of its nodes", () => {
  expect(addressOf("redis+cluster://h1:7000,h2")).toEqual({
    kind: "cluster",
    nodes: [
      { host: "h1", port: 7_000 },
      { host: "h2", port: 6_379 },
    ],
    tls: false,
    login: NO_LOGIN,
  });
  expect(addressOf("rediss+cluster://:s%2Fcret@[2001:db8::1]:6380/0")).toMatchObject({
    nodes: [{ host: "2001:db8::1", port: 6_380 }],
    tls: true,
    login: { username: undefined, password: "s/cret" },
  });
});

test.each([
  ["http://r", ["does not start with redis://"]],
  ["redis://", ["is not like redis://user:password@host:6379/0"]],
  ["redis://h1:1,h2:2", ["write redis+sentinel:// or redis+cluster://"]],
  ["redis://h1,h2", ["write redis+sentinel:// or redis+cluster://"]],
  ["redis://h1/mymaster", ["a database that is not a number"]],
  ["redis+sentinel://h1", ["names no master: add /mymaster"]],
  ["redis+sentinel:///mymaster", ["no host:port, with a port from 1 to 65535, as its address 1 of 1"]],
  ["redis+sentinel://h1:0,h2:99999,h3:x,/m", ["address 1 of 4", "address 2 of 4", "address 3 of 4", "address 4 of 4"]],
  ["redis+sentinel://h1/m/first", ["a database that is not a number, after the name"]],
  ["redis+sentinel://h1/m/0/1", ["a database that is not a number, after the name"]],
  [
    "redis+sentinel://h1/m?sentinelUsername=a&db=3",
    ["neither sentinelUsername nor sentinelPassword", "no sentinelPassword"],
  ],
  ["redis+sentinel://user@h1/m", ["has no user:password or :password before the @"]],
  ["redis+sentinel://user:%zz@h1/m", ["percent-encode both"]],
  ["redis+cluster://h1/3", ["a Cluster has none"]],
  ["redis+cluster://h1?a=b", ["after a ?"]],
  ["redis+cluster://user:a#b@h1", ["# is %23"]],
])("%s is refused, with all that is wrong with it and what to do", (text, problems) => {
  expect(problemsOf(text)).toEqual(problems.map((problem) => expect.stringContaining(problem) as string));
});

test("no problem repeats a password", () => {
  for (const text of [
    "redis://user:hunter2",
    "redis://:hunter2@h:port",
    "redis+sentinel://:hunter2@h1:x",
    "redis+sentinel://:hunt/er2@h1/m",
    "redis+cluster://hunter2@h1:port/4",
    "redis+cluster://:hunter2#@h1",
  ]) {
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expect(problemsOf(text).join()).not.toMatch(/hunt|er2/);
  }
});

test("an address is shown without its passwords", () => {
  expect(shownRedisAddress("redis://user:secret@r:1/2")).toBe("redis://r:1/2");
  expect(shownRedisAddress("redis+sentinel://:a@h1,h2/m?sentinelPassword=b")).toBe("redis+sentinel://h1,h2/m");
});
