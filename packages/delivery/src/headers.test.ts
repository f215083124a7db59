import type { OpenedAuth } from "@posthorn/core";
import { openAccess } from "../../../test/support/target-access.ts";
import { batchHeaders } from "./headers.ts";

const HEAD = { batchId: "b-1", bodyBytes: 13, userAgent: "Posthorn/test" };
const OAUTH: OpenedAuth = { kind: "oauth2", url: "http://127.0.0.1/token", body: {}, tokenKey: "k" };
const access = openAccess("http://127.0.0.1/hook");
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

test("a batch to a plain target has these headers and no others", () => {
  expect(batchHeaders({ ...HEAD, access })).toEqual({
    "Content-Type": "application/json",
    "Content-Length": "13",
    "X-MessageSystems-Batch-ID": "b-1",
    "User-Agent": "Posthorn/test",
    Accept: "*/*",
    "Accept-Encoding": "identity",
  });
});

test("token, signature and custom headers are added as they are given", () => {
  const signature = { "webhook-id": "b-1", "webhook-timestamp": "1", "webhook-signature": "v1,x" };
  const customHeaders = { "x-Api_KEY": "a  b", constructor: "c" };
  expect(batchHeaders({ ...HEAD, access: { ...access, authToken: "t0ken", customHeaders }, signature })).toMatchObject({
    "X-MessageSystems-Webhook-Token": "t0ken",
    ...signature,
    "x-Api_KEY": "a  b",
    constructor: "c",
  });
});

test("a custom header takes the place of no other, in whatever case it is written", () => {
  const names = [
    "content-TYPE",
    "CONTENT-length",
    "x-messagesystems-batch-id",
    "user-agent",
    "ACCEPT",
    "authorization",
  ];
  const customHeaders = Object.fromEntries(names.map((name) => [name, "mine"]));
  const auth: OpenedAuth = { kind: "basic", username: "ada", password: "" };
  const headers = batchHeaders({ ...HEAD, access: { ...access, customHeaders, auth } });
  expect(Object.values(headers)).not.toContain("mine");
  expect(headers["Authorization"]).toBe(basic("ada:"));
});

describe("Authorization", () => {
  const inUrl = openAccess("http://us%3Aer:p%40ss@127.0.0.1/hook");
  const custom = { customHeaders: { authorization: "Custom x" } };
  test.each([
    ["nothing without any", access, undefined, undefined],
    [
      "Basic, UTF-8",
      { ...access, auth: { kind: "basic", username: "ada", password: "pä:ss" } },
      undefined,
      basic("ada:pä:ss"),
    ],
    ["the OAuth2 token", { ...access, auth: OAUTH }, "t0ken", "Bearer t0ken"],
    ["what is in the URL", inUrl, undefined, basic("us:er:p@ss")],
    [
      "what is in the URL although it is no valid encoding",
      openAccess("http://a%zz@127.0.0.1/"),
      undefined,
      basic("a%zz:"),
    ],
    ["a custom one rather than what is in the URL", { ...inUrl, ...custom }, undefined, undefined],
    [
      "the OAuth2 token rather than what is in the URL or custom",
      { ...inUrl, ...custom, auth: OAUTH },
      "t",
      "Bearer t",
    ],
  ] as const)("is %s", (_, given, bearer, expected) => {
    const headers = batchHeaders({ ...HEAD, access: given, ...(bearer === undefined ? {} : { bearer }) });
    expect(headers["Authorization"]).toBe(expected);
    const isCustom = "customHeaders" in given && Object.keys(given.customHeaders).length > 0 && expected === undefined;
    expect(headers["authorization"]).toBe(isCustom ? "Custom x" : undefined);
  });
});
