import { connect } from "node:net";
import { Registry } from "prom-client";
import { freePort } from "../../../test/support/free-port.ts";
import { startHealthServer } from "./health-server.ts";

let port: number;
let close: () => Promise<void>;
beforeEach(async () => {
  port = await freePort();
  const server = await startHealthServer({
    port,
    host: "127.0.0.1",
    registry: new Registry(),
    metricsToken: "t0ken",
    readiness: async () => ({ ready: true, details: { redis: "7" } }),
  });
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(() => close());

/** As it stands, without what a client makes of a path. */
function ask(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    let answer = "";
    socket.on("data", (part) => (answer += part.toString())).on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

test.each(["//", "//[", "http://[", "/%", "*", "?", "/healthz/../..", "/__proto__"])(
  "a path that is none, %s, gets an answer and ends no worker",
  async (path) => {
    expect(await ask(`GET ${path}`)).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(await ask("GET /healthz?a=b")).toMatch(/^HTTP\/1\.1 200 /);
  },
);

test("every answer forbids to take it for something else", async () => {
  for (const path of ["/healthz", "/readyz", "/metrics", "/nothing"]) {
    const { headers } = await fetch(`http://127.0.0.1:${port}${path}`);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'",
    });
  }
});

test("metrics want the token, and no other text", async () => {
  const statusWith = async (authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status;
  };
  expect(await statusWith("Bearer t0ken")).toBe(200);
  for (const other of [undefined, "", "Bearer t0ke", "Bearer t0kenn", "bearer t0ken"])
    expect(await statusWith(other)).toBe(401);
});
