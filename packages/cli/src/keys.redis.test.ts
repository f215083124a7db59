import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { main } from "./keys.ts";

let api: TestApi;
let folder: string;
beforeEach(async () => {
  api = await startApi(await freshDatabase());
  folder = await mkdtemp(join(tmpdir(), "posthorn-keys-"));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await api.stop();
  await rm(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command against the API with the bootstrap key. */
async function keys(
  argv: readonly string[],
  env: Record<string, string> = { POSTHORN_API_KEY: api.apiKey },
): Promise<Ran> {
  const lines = { log: [] as string[], error: [] as string[] };
  for (const name of ["log", "error"] as const) {
    jest.spyOn(console, name).mockImplementation((...told: unknown[]) => void lines[name].push(told.join(" ")));
  }
  const code = await main([...argv, "--url", `${api.url}/`], env);
  return { code, stdout: lines.log.join("\n"), stderr: lines.error.join("\n") };
}

const statusWith = async (key: string): Promise<number> =>
  (await api.request("GET", "/api/v1/webhooks", { headers: { authorization: key } })).status;

test("create prints the key alone on standard output, and the key works at once", async () => {
  const { code, stdout, stderr } = await keys(["create", "--label", "viewer", "--grant", "webhooks/view"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ph_[0-9a-f]{12}_[\w-]{32}$/);
  expect(stderr).toContain("shown this once");
  expect(stderr).not.toContain(stdout.slice(16));
  expect(await statusWith(stdout)).toBe(200);
});

test("a binding and an expiry arrive as they were asked for", async () => {
  const beforeMs = Date.now();
  const { stderr } = await keys([
    "create",
    "--label",
    "x",
    "--grant",
    "events/ingest",
    "--subaccount",
    "7",
    "--expires",
    "30d",
  ]);
  const [row] = (await api.request("GET", "/api/v1/api-keys")).json.results as Record<string, string>[];
  expect(row).toMatchObject({ label: "x", subaccount_id: 7 });
  const lifeMs = Date.parse(row?.["expires_at"] ?? "") - beforeMs;
  expect(lifeMs).toBeGreaterThanOrEqual(30 * 86_400_000);
  expect(lifeMs).toBeLessThan(30 * 86_400_000 + 60_000);
  expect(stderr).toContain(`works until ${row?.["expires_at"]}`);
});

test("list shows the keys in a table, with their last use and without their secrets", async () => {
  expect(await keys(["list"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("no key but") });
  const { stdout: used } = await keys([
    "create",
    "--label",
    "an MTA",
    "--grant",
    "events/ingest",
    "--grant",
    "webhooks/view",
  ]);
  await keys(["create", "--label", "bound", "--grant", "webhooks/view", "--subaccount", "0", "--expires", "1s"]);
  await statusWith(used);
  const { stdout } = await waitFor("the use and the expiry", async () => {
    const ran = await keys(["list"]);
    return ran.stdout.includes("(expired)") && ran.stdout.split("never").length === 3 && ran;
  });
  const time = /\d{4}-\d\d-\d\d \d\d:\d\d/.source;
  const [headings, ...rows] = stdout.split("\n");
  expect(headings).toMatch(/^ID +LABEL +GRANTS +SUBACCOUNT +CREATED \(UTC\) +LAST USED +EXPIRES$/);
  expect(rows).toEqual([
    expect.stringMatching(
      new RegExp(`^${used.slice(3, 15)}  an MTA  webhooks/view,events/ingest  any +${time}  ${time}  never$`),
    ),
    expect.stringMatching(
      new RegExp(`^[0-9a-f]{12}  bound   webhooks/view +primary +${time}  never +${time} \\(expired\\)$`),
    ),
  ]);
  expect(stdout).not.toContain(used.slice(16));
});

test("revoke ends a key; a second time there is none", async () => {
  const { stdout: key } = await keys(["create", "--label", "x", "--grant", "webhooks/view"]);
  const id = key.slice(3, 15);
  expect(await keys(["revoke", id])).toMatchObject({ code: 0, stderr: expect.stringContaining(`${id} is revoked`) });
  expect(await statusWith(key)).toBe(401);
  expect(await keys(["revoke", id])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/answers 404:\n {2}Resource could not be found There is no API key with this id/),
  });
});

test("what the API refuses is told in its words", async () => {
  expect(await keys(["create", "--label", "x", "--grant", "admin", "--subaccount", "7"])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/answers 400:\n .*bound to a subaccount cannot have the grant admin/),
  });
  const { stdout: viewer } = await keys(["create", "--label", "x", "--grant", "webhooks/view"]);
  expect(await keys(["list", "--key", viewer])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("lacks the grant admin"),
  });
});

test("the key is taken from DATA_DIR when none is given; without any the command says what to do", async () => {
  await writeFile(join(folder, "api-key"), `${api.apiKey}\n`);
  expect((await keys(["list"], { DATA_DIR: folder })).code).toBe(0);
  expect(await keys(["list"], { DATA_DIR: join(folder, "nothing-here") })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("start Posthorn here (npm start) first"),
  });
});

test("mistakes of the command line end it with 2, and help with 0", async () => {
  expect(await keys(["create"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/--label.*\n--grant/),
  });
  expect(await keys(["--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("usage: npm run keys") });
});
