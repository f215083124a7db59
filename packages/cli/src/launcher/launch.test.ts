import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../../../../test/support/wait-for.ts";
import { isDataDirHeld } from "./instance-lock.ts";
import { launch } from "./launch.ts";
import { notedUrl, noteUrl } from "./noted-url.ts";

test("while a launcher starts, commands are not sent where one that was killed had its API", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "posthorn-launch-"));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const oldUrl = `http://127.0.0.1:${port}`;
  await noteUrl(dataDir, oldUrl);
  await writeFile(join(dataDir, "launcher.lock"), "left by one that was killed");
  try {
    // After a takeover it waits for its port, and then goes on to a Redis that is not there.
    const launched = launch({
      env: { DATA_DIR: dataDir, PORT: String(port), WORKER_PORT: "0", REDIS_URL: "redis://127.0.0.1:1" },
      entries: { api: "", worker: "" },
      isTerminal: false,
      say: () => undefined,
      signal: new AbortController().signal,
    });
    launched.catch(() => undefined);
    await waitFor("the folder is held", () => isDataDirHeld(dataDir));
    await waitFor("the old address is forgotten", async () => (await notedUrl(dataDir)) === undefined, 2_000);
    expect(await isDataDirHeld(dataDir)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    await expect(launched).rejects.toThrow(/127\.0\.0\.1:1/);
  } finally {
    server.close();
    await rm(dataDir, { recursive: true });
  }
});
