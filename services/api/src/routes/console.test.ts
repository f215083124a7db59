import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { createLog } from "@posthorn/runtime";
import { errorAnswers, notFound } from "../errors.ts";
import { createConsoleRouter } from "./console.ts";

let folder: string;
let server: Server;
let url: string;
beforeEach(() => {
  folder = `${mkdtempSync(join(tmpdir(), "posthorn-console-"))}/`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function serve(): Promise<void> {
  const app = express();
  app.use(createConsoleRouter(folder), notFound, errorAnswers(createLog("api", "silent")));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function build(): void {
  writeFileSync(`${folder}index.html`, '<script nonce="__CSP_NONCE__" src="/assets/a.js"></script>');
  mkdirSync(`${folder}assets`);
  writeFileSync(`${folder}assets/a-1f.js`, "1");
  writeFileSync(`${folder}favicon.svg`, "<svg/>");
}

const HTML = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

test("every path of the console gets its page, with a nonce of its own", async () => {
  build();
  await serve();
  const nonces: string[] = [];
  for (const path of ["/", "/webhooks/7/edit", "/"]) {
    const answer = await fetch(`${url}${path}`, HTML);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const policy = answer.headers.get("content-security-policy") ?? "";
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await answer.text()).toContain(`nonce="${nonce}"`);
    nonces.push(nonce);
  }
  expect(new Set(nonces).size).toBe(3);
});

test("its files may be kept for ever; one that is not there is no page", async () => {
  build();
  await serve();
  const file = await fetch(`${url}/assets/a-1f.js`, HTML);
  expect([file.status, file.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
  expect((await fetch(`${url}/favicon.svg`)).headers.get("content-type")).toBe("image/svg+xml");
  for (const path of ["/assets/b.js", "/assets/%2e%2e%2f%2e%2e%2fpackage.json", "/api/v1/nothing"]) {
    const answer = await fetch(`${url}${path}`, HTML);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toContain("application/json");
  }
});

test("who asks for JSON, or sends something, is answered in the API's shape", async () => {
  build();
  await serve();
  for (const init of [{ headers: { accept: "application/json" } }, {}, { ...HTML, method: "POST" }]) {
    expect((await fetch(`${url}/nothing`, init)).status).toBe(404);
  }
});

test("a console that was not built says how to have it built", async () => {
  await serve();
  const answer = await fetch(url, HTML);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain("npm run build");
});
