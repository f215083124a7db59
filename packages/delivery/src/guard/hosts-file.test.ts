import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHostsFile, parseHosts } from "./hosts-file.ts";

test("lines are read as the system reads them, in their order", () => {
  const hosts = parseHosts(
    [
      "# comment",
      "127.0.0.1 localhost # here",
      "::1\tLOCALHOST ip6-localhost",
      "  10.1.2.3   db db.internal  ",
      "fe80::1%lo0 localhost",
      "0x7f.1 odd",
      "10.9.9.9",
      "",
      "#10.0.0.1 gone",
      "10.1.2.4 db\r",
    ].join("\n"),
  );
  expect(hosts.get("localhost")).toEqual([
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ]);
  expect(hosts.get("ip6-localhost")).toEqual([{ address: "::1", family: 6 }]);
  expect(hosts.get("db")).toEqual([
    { address: "10.1.2.3", family: 4 },
    { address: "10.1.2.4", family: 4 },
  ]);
  expect([...hosts.keys()].toSorted()).toEqual(["db", "db.internal", "ip6-localhost", "localhost"]);
});

test("the file is read again when it has changed; a file that is away names nobody", async () => {
  const dir = mkdtempSync(join(tmpdir(), "posthorn-hosts-"));
  const file = join(dir, "hosts");
  const hosts = createHostsFile(file);
  expect(await hosts("a")).toBeUndefined();
  writeFileSync(file, "10.0.0.1 a\n");
  expect(await hosts("a")).toEqual([{ address: "10.0.0.1", family: 4 }]);
  writeFileSync(file, "10.0.0.22 a\n");
  expect(await hosts("a")).toEqual([{ address: "10.0.0.22", family: 4 }]);
  expect(await hosts("b")).toBeUndefined();
  rmSync(dir, { recursive: true });
  expect(await hosts("a")).toBeUndefined();
});
