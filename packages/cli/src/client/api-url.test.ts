import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockDataDir } from "../launcher/instance-lock.ts";
import { forgetUrl, noteUrl } from "../launcher/noted-url.ts";
import { defaultUrl } from "./api-url.ts";

const HERE = "http://127.0.0.1:18480";
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "posthorn-url-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("a command finds the API that runs on its data folder, whatever its port, unless it is told otherwise", async () => {
  const lock = await lockDataDir(dir);
  await noteUrl(dir, HERE);
  expect(await defaultUrl({ DATA_DIR: dir })).toBe(HERE);
  // As Compose has it: what is not set is empty.
  expect(await defaultUrl({ DATA_DIR: dir, PORT: "", POSTHORN_URL: "" })).toBe(HERE);
  expect(await defaultUrl({ DATA_DIR: dir, PORT: "9000" })).toBe("http://127.0.0.1:9000");
  expect(await defaultUrl({ DATA_DIR: dir, PORT: "9000", POSTHORN_URL: "http://a:1" })).toBe("http://a:1");
  await forgetUrl(dir);
  expect(await defaultUrl({ DATA_DIR: dir })).toBe("http://127.0.0.1:8080");
  if (lock.kind === "held") await lock.release();
});

test("what a launcher that was killed has left is not taken for one that runs", async () => {
  await noteUrl(dir, HERE);
  expect(await defaultUrl({ DATA_DIR: dir })).toBe("http://127.0.0.1:8080");
});
