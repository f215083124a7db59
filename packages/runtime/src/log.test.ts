import { createLog } from "./log.ts";
import { passwordsIn } from "./scrub.ts";

const KEY = `ph_0f3a9c1d2b7e_${"k".repeat(32)}`;
const SECRETS = ["s3cret-of-config", 'with "quotes" and \\', "s3cret-of-config-that-is-longer"];

/** What a log writes. */
function logged(write: (log: ReturnType<typeof createLog>) => void): {
  readonly text: string;
  readonly line: Record<string, unknown>;
} {
  let text = "";
  write(createLog("test", "trace", { secrets: SECRETS, output: { write: (line) => (text += line) } }));
  return { text, line: JSON.parse(text) as Record<string, unknown> };
}

test("a line is JSON and says when, how grave, by whom and what", () => {
  expect(logged((log) => log.info({ webhook: "w" }, "webhook.made")).line).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    level: "info",
    service: "test",
    event: "webhook.made",
    webhook: "w",
  });
});

test.each(SECRETS)("a secret of the configuration, %s, is in no line, wherever it comes from", (secret) => {
  const error = new Error(`connect to http://x/${secret} failed`, { cause: new Error(secret) });
  const { text, line } = logged((log) =>
    log.error({ err: error, deep: { est: [secret] }, [secret]: 1 }, `told ${secret}`),
  );
  for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) expect(text).not.toContain(form);
  expect(line).toMatchObject({ event: "told ***", err: { message: "connect to http://x/*** failed: ***" } });
});

test.each([
  [
    "user and password in a URL",
    "GET https://ada:pa55word@example.com/x failed",
    "GET https://***@example.com/x failed",
    "pa55word",
  ],
  ["a header in words", 'sent {"authorization":"Bearer abcdef.123"}', 'sent {"authorization":"***"}', "abcdef"],
  [
    "basic credentials",
    "Authorization: Basic YWRhOnBhNTU= was refused",
    "Authorization: *** was refused",
    "YWRhOnBhNTU",
  ],
  ["a signing secret", "signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "signed with whsec_***", "MfKQ9r8"],
  ["an API key, but for its id", `key ${KEY} was sent`, "key ph_0f3a9c1d2b7e_*** was sent", "kkkk"],
  ["a session", `Cookie: a=b; posthorn=${"c".repeat(43)}; d=e`, "Cookie: a=b; posthorn=***; d=e", "cccc"],
])("%s is left out of errors and fields alike", (_, words, left, secret) => {
  const { text, line } = logged((log) => log.warn({ err: new Error(words), note: words }, "happened"));
  expect(text).not.toContain(secret);
  expect(line).toMatchObject({ note: left, err: { message: left } });
});

test("what is named like a secret is left out, whatever it is", () => {
  const { line } = logged((log) =>
    log.info({ token: 'any "text"\\', webhook: { auth_token: "x", name: "CRM" }, tokens: 3, secrets: "kept" }, "shown"),
  );
  expect(line).toMatchObject({ token: "***", webhook: { auth_token: "***", name: "CRM" }, tokens: 3, secrets: "kept" });
});

test("the passwords of addresses are known, encoded and decoded", () => {
  expect(passwordsIn("redis://ada:p%40ss@redis:6379/1")).toEqual(["p%40ss", "p@ss"]);
  expect(passwordsIn("redis+sentinel://a:26379,b:26379/m/0?sentinelPassword=s3nt%25")).toEqual(["s3nt%25", "s3nt%"]);
  expect(passwordsIn("redis://redis:6379")).toEqual([]);
  expect(passwordsIn("http://posthorn@proxy:3128")).toEqual([]);
});
