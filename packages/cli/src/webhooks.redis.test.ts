import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { definitionId, MASK } from "@posthorn/core";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { main } from "./webhooks.ts";

let api: TestApi;
let receiver: Receiver;
let folder: string;
beforeEach(async () => {
  receiver = await startReceiver();
  api = await startApi(await freshDatabase());
  folder = await mkdtemp(join(tmpdir(), "posthorn-webhooks-"));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await api.stop();
  await receiver.close();
  await rm(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in the folder, against the API with the bootstrap key. */
async function webhooks(argv: readonly string[], { at = api, stdin = "" } = {}): Promise<Ran> {
  const lines = { log: [] as string[], error: [] as string[] };
  for (const name of ["log", "error"] as const) {
    jest.spyOn(console, name).mockImplementation((...told: unknown[]) => void lines[name].push(told.join(" ")));
  }
  const env = { POSTHORN_API_KEY: at.apiKey, INIT_CWD: folder };
  const code = await main([...argv, "--url", at.url], env, Readable.from([stdin]));
  return { code, stdout: lines.log.join("\n"), stderr: lines.error.join("\n") };
}

const file = (name: string): string => join(folder, name);
const write = (content: unknown): Promise<void> => writeFile(file("webhooks.json"), JSON.stringify(content));
const countAt = async (at: TestApi): Promise<number> =>
  ((await at.request("GET", "/api/v1/webhooks")).json.results as unknown[]).length;

/** As an on-premises Momentum has it (facts §7.2). */
const momentum = () => [
  { name: "CRM", target: receiver.url, events: ["delivery", "bounce"], auth_token: "s3cret" },
  { target: `${receiver.url}/log`, events: ["injection"], custom_headers: { "X-Key": "k-secret" } },
];

test("a webhooks.json of an on-premises Momentum is imported as it is (facts §7.2)", async () => {
  await write(momentum());
  const dry = await webhooks(["import", "webhooks.json", "--dry-run"]);
  expect(dry).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/dry run.*2 created/) });
  expect(await countAt(api)).toBe(0);

  const { code, stdout, stderr } = await webhooks(["import", "webhooks.json"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`created  CRM`);
  expect(stdout).toContain(definitionId("CRM"));
  expect(stdout).toMatch(/^2 created, 0 updated, 0 removed, 0 unchanged, 0 failed$/m);
  expect(await countAt(api)).toBe(2);
});

test("what WEBHOOKS_FILE would do is shown by a dry run with --provision", async () => {
  await write(momentum());
  await webhooks(["import", "webhooks.json"]);
  const { code, stdout } = await webhooks(["import", "webhooks.json", "--dry-run", "--provision"]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/dry run.*0 created, 2 updated/)]);
  expect(stdout).toContain("owner");
});

test("a changed file shows what changes, without secrets; standard input is taken too", async () => {
  await write(momentum());
  await webhooks(["import", "webhooks.json"]);
  const [crm] = momentum();
  const changed = JSON.stringify([{ ...crm, events: ["open"], auth_token: "another-s3cret" }]);
  const { code, stdout } = await webhooks(["import", "-"], { stdin: changed });
  expect(code).toBe(0);
  expect(stdout).toContain('events: ["delivery","bounce"] → ["open"]');
  expect(stdout).toContain("auth_token: another secret");
  expect(stdout).not.toContain("s3cret");
});

test("a target that does not answer is a warning; with --insist it is a failure and the command ends with 1", async () => {
  const away = { name: "away", target: "http://127.0.0.1:9/", events: ["open"] };
  await write([away, momentum()[0]]);
  expect(await webhooks(["import", "webhooks.json", "--insist"])).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /FAILED +away\n +POST to webhook target URL failed .*ECONNREFUSED[^]*1 created.*1 failed/,
    ),
  });
  expect(await countAt(api)).toBe(1);
  expect(await webhooks(["import", "webhooks.json"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/warning +away[^]*ECONNREFUSED[^]*stored all the same/),
  });
  expect(await countAt(api)).toBe(2);
});

test("mistakes of a file are all told, and end the command with 1", async () => {
  await write([{ ...momentum()[0], events: ["nonsense"] }, { name: "x" }]);
  const { code, stderr } = await webhooks(["import", "webhooks.json"]);
  expect(code).toBe(1);
  for (const place of ["[0].events[0]", "[1].target", "[1].events"]) expect(stderr).toContain(place);

  await write([{ ...momentum()[0], target: "zzz", x: 1 }, { name: "CRM" }]);
  const both = await webhooks(["import", "webhooks.json"]);
  for (const place of ["[0].target", "[0].x", "[1].name", "[1].events"]) expect(both.stderr).toContain(place);

  await writeFile(file("cut.json"), '[{"name":"a"');
  expect(await webhooks(["import", "cut.json"])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cut\.json cannot be imported:\n +The file is not valid JSON/),
  });
  expect(await webhooks(["import", "none.json"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("none.json cannot be read (ENOENT)"),
  });
});

test("an export with secrets makes the same elsewhere, and only its owner can read the file", async () => {
  await webhooks(["import", "-"], { stdin: JSON.stringify(momentum()) });
  await writeFile(file("all.json"), "readable by all", { mode: 0o644 });
  for (const name of ["all.json", "new.json"]) {
    expect(await webhooks(["export", name, "--secrets"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: `${name} holds 2 webhook(s)`,
    });
    expect((await stat(file(name))).mode & 0o777).toBe(0o600);
  }
  const elsewhere = await startApi(await freshDatabase());
  try {
    expect((await webhooks(["import", "all.json"], { at: elsewhere })).stdout).toContain("2 created");
    const there = await webhooks(["export", "--secrets"], { at: elsewhere });
    expect(JSON.parse(there.stdout)).toEqual(
      expect.arrayContaining(JSON.parse(await readFile(file("all.json"), "utf8")) as unknown[]),
    );
  } finally {
    await elsewhere.stop();
  }
});

test("an export without secrets says so, and changes nothing when it is imported again", async () => {
  await webhooks(["import", "-"], { stdin: JSON.stringify(momentum()) });
  const { code, stdout, stderr } = await webhooks(["export"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("--secrets")]);
  expect(stdout).toContain(MASK);
  expect(stdout).not.toContain("s3cret");
  expect((await webhooks(["import", "-"], { stdin: stdout })).stdout).toContain("2 unchanged");
});

test("an export to a terminal turns no text there, and says the same", async () => {
  const name = "a \u202Eturned\u2028 name";
  await webhooks(["import", "-"], { stdin: JSON.stringify([{ ...momentum()[0], name }]) });
  const { stdout } = await webhooks(["export"]);
  expect(stdout).not.toMatch(/[\u202E\u2028]/);
  expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ name })]);
});

test("an export in which two webhooks have the same name says that it cannot be imported", async () => {
  for (const event of ["open", "click"]) {
    const json = { name: "twin", target: receiver.url, events: [event] };
    await api.request("POST", "/api/v1/webhooks", { json });
  }
  expect(await webhooks(["export"])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("[0] and [1] have the same name"),
  });
});

test("a file does not add a third where two webhooks have its name already", async () => {
  for (const path of ["/a", "/b"]) {
    const json = { name: "dup", target: `${receiver.url}${path}`, events: ["open"] };
    expect((await api.request("POST", "/api/v1/webhooks", { json })).status).toBe(200);
  }
  await write([{ name: "dup", target: `${receiver.url}/c`, events: ["open"] }]);
  const { code, stderr } = await webhooks(["import", "webhooks.json"]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/\[0\]\.name: There are 2 webhooks of this name.* \("dup"\)/),
  ]);
  expect(await countAt(api)).toBe(2);
});

test("list shows the webhooks and their state in a table", async () => {
  expect(await webhooks(["list"])).toMatchObject({
    code: 0,
    stdout: "",
    stderr: expect.stringContaining("no webhook"),
  });
  const all = [
    { ...momentum()[0], name: "on" },
    { ...momentum()[0], name: "held", paused: true, events: ["delivery", "bounce", "open", "click", "delay"] },
    { ...momentum()[0], name: "off", active: false, paused: true },
  ];
  await webhooks(["import", "-"], { stdin: JSON.stringify(all) });
  const { stdout } = await webhooks(["list"]);
  const [headings, ...rows] = stdout.split("\n");
  expect(headings).toMatch(/^ID +NAME +TARGET +EVENTS +STATE$/);
  expect(rows).toHaveLength(3);
  expect(stdout).toMatch(new RegExp(`^${definitionId("on")}  on    http://\\S+  delivery,bounce +active$`, "m"));
  expect(stdout).toMatch(/ held +\S+ +delivery,bounce,open and 2 more +paused$/m);
  expect(stdout).toMatch(/ off .* inactive$/m);
});

test("where nothing answers, and where the key lacks the grant, the command says so and ends with 1", async () => {
  await write(momentum());
  const nowhere = { ...api, url: `http://127.0.0.1:${await freePort()}` };
  expect(await webhooks(["import", "webhooks.json"], { at: nowhere })).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("is Posthorn running there?"),
  });
  const { json } = await api.request("POST", "/api/v1/api-keys", { json: { label: "x", grants: ["webhooks/view"] } });
  const { key } = json.results as { key: string };
  expect(await webhooks(["import", "webhooks.json", "--key", key])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("lacks the grant webhooks/modify"),
  });
});

test("mistakes of the command line end it with 2, and help with 0", async () => {
  expect(await webhooks(["import"])).toMatchObject({ code: 2, stderr: expect.stringContaining("needs a file") });
  expect(await webhooks(["--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("npm run webhooks") });
});
