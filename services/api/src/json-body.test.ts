import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { DomainError } from "@posthorn/core";
import { parseJson, readJsonBody } from "./json-body.ts";

const problemsOf = (text: string) => {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof DomainError) return error.problems;
    throw error;
  }
  return [];
};

test("a name given twice is refused by its path, before anybody sees only the last value", () => {
  const body = '{"name":"a","target":"http://a/","name":"b"}';
  expect(problemsOf(body)).toEqual([expect.objectContaining({ param: "name" })]);
  expect(problemsOf('{"custom_headers":{"x":"1","x":"2"}}')).toEqual([
    expect.objectContaining({ param: "custom_headers.x" }),
  ]);
});

test("brackets in a text are no nesting, and real nesting is bounded", () => {
  expect(parseJson(JSON.stringify({ name: "{[".repeat(200) }))).toEqual({ name: "{[".repeat(200) });
  expect(problemsOf("[".repeat(100_000))).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/nests/) }),
  ]);
});

test("__proto__ stays a name like others and touches no prototype", () => {
  const value = parseJson('{"__proto__":{"active":false}}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(value["active"]).toBeUndefined();
});

describe("over HTTP", () => {
  const send = async (headers: Record<string, string>, body: string): Promise<number | string> => {
    const app = express();
    app.post("/", async (request, response) => {
      const result = await readJsonBody(request).then(
        () => "ok",
        (error: unknown) => (error instanceof DomainError ? error.code : "thrown"),
      );
      response.send(result);
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body });
      return await answer.text();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  test.each([
    ["application/json", "ok"],
    ["application/json; charset=utf-8", "ok"],
    ["application/json-seq", "UNSUPPORTED_TYPE"],
    ["text/plain", "UNSUPPORTED_TYPE"],
  ])("%s is %s", async (type, expected) => {
    expect(await send({ "content-type": type }, "{}")).toBe(expected);
  });

  test("a compressed body is refused as such, not as broken text", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    expect(await send(headers, "{}")).toBe("UNSUPPORTED_TYPE");
  });
});
