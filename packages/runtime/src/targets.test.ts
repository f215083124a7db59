import { parseTargetAllow, parseTargetPorts } from "./targets.ts";

test("ranges, addresses, names, suffixes and everything can be allowed", () => {
  expect(parseTargetAllow("10.0.0.0/8, ::1 ,127.0.0.1,fd00::/8,Hooks.Internal.,*.Corp.example,bücher.example")).toEqual(
    {
      value: {
        everything: false,
        ranges: ["10.0.0.0/8", "::1/128", "127.0.0.1/32", "fd00::/8"],
        hosts: ["hooks.internal", "xn--bcher-kva.example"],
        suffixes: [".corp.example"],
      },
      problems: [],
    },
  );
  expect(parseTargetAllow("*").value.everything).toBe(true);
  expect(parseTargetAllow("localhost,host_1,a-b.c").value.hosts).toEqual(["localhost", "host_1", "a-b.c"]);
});

test("nothing said is nobody allowed", () => {
  const nobody = { everything: false, ranges: [], hosts: [], suffixes: [] };
  expect(parseTargetAllow("")).toEqual({ value: nobody, problems: [] });
  expect(parseTargetAllow(" , ")).toEqual({ value: nobody, problems: [] });
});

test.each([
  "10.0.0.0/33",
  "::1/129",
  "10.0.0.0/",
  "10.0.0/8",
  "/8",
  "127.1",
  "2130706433",
  "0x7f000001",
  "a.0x1",
  "1.2.3.256",
  "[::1]",
  "fe80::1%eth0",
  "fe80::1%eth0/64",
  "http://a.example",
  "a.example:8080",
  "a.example/24",
  "a..example",
  "*a.example",
  "a.*.example",
  "*.",
  "*.*",
  "*.10.0.0.1",
  "**",
  "a b",
  "a@b",
])("%s cannot be allowed", (entry) => {
  const { value, problems } = parseTargetAllow(`10.0.0.0/8,${entry}`);
  expect(problems).toEqual([expect.stringContaining(JSON.stringify(entry))]);
  expect(value).toEqual({ everything: false, ranges: ["10.0.0.0/8"], hosts: [], suffixes: [] });
});

test("ports are listed one by one and as ranges; any, or nothing, is all of them", () => {
  expect(parseTargetPorts("80, 443,8000-8999")).toEqual({
    value: [
      [80, 80],
      [443, 443],
      [8_000, 8_999],
    ],
    problems: [],
  });
  expect(parseTargetPorts("any")).toEqual({ value: "any", problems: [] });
  expect(parseTargetPorts("")).toEqual({ value: "any", problems: [] });
});

test("every bad port is told", () => {
  const bad = ["0", "65536", "9000-8000", "-1", "80-", "http", "1e3", "any"];
  const { problems } = parseTargetPorts(["80", ...bad].join(","));
  expect(problems).toEqual(bad.map((entry) => expect.stringContaining(JSON.stringify(entry)) as unknown));
});
