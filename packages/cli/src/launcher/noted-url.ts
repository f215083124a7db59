import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDataDirHeld } from "./instance-lock.ts";

const URL_FILE = "url";

/** Notes in `dataDir` where the API is, for commands in other terminals. Only whoever holds the folder does. */
export function noteUrl(dataDir: string, url: string): Promise<void> {
  return writeFile(join(dataDir, URL_FILE), `${url}\n`, { mode: 0o600 });
}

export function forgetUrl(dataDir: string): Promise<void> {
  return rm(join(dataDir, URL_FILE), { force: true });
}

/** Where the API is that runs on `dataDir`; `undefined` = none does: what one that was killed has left is not taken. */
export async function notedUrl(dataDir: string): Promise<string | undefined> {
  const text = (await readFile(join(dataDir, URL_FILE), "utf8").catch(() => "")).trim();
  return text !== "" && (await isDataDirHeld(dataDir)) ? text : undefined;
}
