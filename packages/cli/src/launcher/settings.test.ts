import { ConfigError } from "@posthorn/runtime";
import { allowLoopback, isLoopback, localUrl, readSettings } from "./settings.ts";

test("nothing has to be set", () => {
  expect(readSettings({})).toMatchObject({ host: "127.0.0.1", port: 8080, workerPort: 8081 });
  expect(readSettings({ DATA_DIR: "/data/posthorn" }).dataDir).toBe("/data/posthorn");
});

test("all problems of both services are listed, each once", () => {
  const problems = (): readonly string[] => {
    try {
      readSettings({ PORT: "abc", WORKER_PORT: "-1", LOG_LEVEL: "loud", REDIS_URL: "http://r" });
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
    }
    return [];
  };
  expect(problems()).toHaveLength(4);
  expect(problems().join("\n")).toMatch(/PORT="abc"/);
  expect(problems().join("\n")).toMatch(/WORKER_PORT="-1"/);
});

test("one port for both services is refused", () => {
  expect(() => readSettings({ PORT: "9000", WORKER_PORT: "9000" })).toThrow(/both 9000/);
});

test("a key of one's own is checked, a generated one is not missed", () => {
  expect(() => readSettings({ POSTHORN_API_KEY: "short" })).toThrow(/shorter than 16/);
  expect(() => readSettings({ POSTHORN_API_KEY_FILE: "/nowhere/key" })).toThrow(/cannot be read \(ENOENT\)/);
});

test("targets on this machine are allowed beside those that were given", () => {
  expect(allowLoopback(undefined)).toBe("127.0.0.0/8,::1");
  expect(allowLoopback("10.0.0.0/8")).toBe("10.0.0.0/8,127.0.0.0/8,::1");
});

test.each([
  ["127.0.0.1", true, "http://127.0.0.1:80"],
  ["::1", true, "http://[::1]:80"],
  ["localhost", true, "http://localhost:80"],
  ["0.0.0.0", false, "http://127.0.0.1:80"],
  ["127.evil.example", false, "http://127.evil.example:80"],
])("host %s is loopback: %s, and is reached at %s", (host, loopback, url) => {
  expect(isLoopback(host)).toBe(loopback);
  expect(localUrl(host, 80)).toBe(url);
});
