import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { createCatalogue, documentation, samples } from "@posthorn/core";
import { createLog } from "@posthorn/runtime";
import { errorAnswers, notFound } from "../errors.ts";
import { createCatalogueRouter } from "./catalogue.ts";

const catalogue = createCatalogue();
let server: Server;

beforeAll(async () => {
  const app = express();
  app.use("/api/v1/webhooks", createCatalogueRouter(catalogue));
  app.use(notFound);
  app.use(errorAnswers(createLog("api", "silent")));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function call(path: string, method = "GET"): Promise<{ status: number; headers: Headers; body: unknown }> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/webhooks/events/${path}`, { method });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

const samplesOf = (...types: string[]) => ({ results: samples(catalogue, types) });

test.each(["documentation", "documentation/"])(
  "facts §3.6: GET events/%s answers with every type, as JSON",
  async (path) => {
    const { status, headers, body } = await call(path);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(body).toEqual({ results: documentation(catalogue) });
  },
);

test.each(["samples", "samples/", "samples?other=1"])("facts §3.6: GET events/%s shows every type", async (path) => {
  const { status, headers, body } = await call(path);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toMatch(/^application\/json/);
  expect(body).toEqual(samplesOf(...catalogue.types.keys()));
});

test.each([
  ["events=bounce,delivery", ["bounce", "delivery"]],
  ["events=delivery,bounce", ["delivery", "bounce"]],
  ["events=bounce%2Cdelivery", ["bounce", "delivery"]],
  ["events=bounce&events=delivery,open", ["bounce", "delivery", "open"]],
  ["events=bounce,%20delivery", ["bounce", "delivery"]],
  ["events=bounce,bounce", ["bounce"]],
])("facts §3.6: ?%s shows what it names, in that order and each once", async (query, types) => {
  for (const path of [`samples?${query}`, `samples/?${query}`])
    expect(await call(path)).toMatchObject({ status: 200, body: samplesOf(...types) });
});

test.each([
  ["events=bounce,no_such,delivery", ["no_such"]],
  ["events=no_such&events=bounce,nor_such", ["no_such", "nor_such"]],
  ["events=", [""]],
  ["events=,", [""]],
  ["events=bounce,", [""]],
  ["events=__proto__,constructor", ["__proto__", "constructor"]],
  ["events=Bounce", ["Bounce"]],
  ["events=%zz", ["%zz"]],
  [`events=${"x".repeat(5_000)}`, ["x".repeat(64)]],
])("facts §3.6: ?%.40s is refused, and every unknown name is told", async (query, values) => {
  const { status, body } = await call(`samples?${query}`);
  expect(status).toBe(400);
  expect(body).toEqual({
    errors: values.map((value) => ({
      message: expect.stringContaining("/api/v1/webhooks/events/documentation") as string,
      param: "events",
      value,
    })),
  });
});

test("of thousands of unknown names only the first are told", async () => {
  const names = Array.from({ length: 2_000 }, (_, n) => `x${n}`);
  const { status, body } = await call(`samples?events=${names.join(",")}`);
  expect(status).toBe(400);
  expect((body as { errors: unknown[] }).errors).toHaveLength(20);
});

test.each(["POST", "PUT", "DELETE", "PATCH"])("%s is refused and told that GET works", async (method) => {
  for (const path of ["documentation", "samples"]) {
    const { status, headers, body } = await call(path, method);
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("GET");
    expect(body).toEqual({ errors: [expect.objectContaining({ code: "1102" })] });
  }
});

test("HEAD answers like GET without the body", async () => {
  expect(await call("documentation", "HEAD")).toMatchObject({ status: 200, body: undefined });
});

test("other paths are left to others", async () => {
  expect((await call("other")).status).toBe(404);
});
