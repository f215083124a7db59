import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const API_KEY_FILE = "api-key";
export const SECRET_FILE = "secret";

/** Makes `dataDir` if need be; only its owner may look inside. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await chmod(dataDir, 0o700);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`DATA_DIR cannot be used (${reason}): set DATA_DIR to a folder that you own`, { cause: error });
  }
}

/** The text in `file` of `dataDir`, generated on first use. Two callers at the same time get the same text. */
export async function generatedText(dataDir: string, file: string, prefix = ""): Promise<string> {
  const path = join(dataDir, file);
  const existing = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (existing.trim() !== "") return existing.trim();
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, `${prefix}${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(fresh);
  const text = (await readFile(path, "utf8")).trim();
  if (text === "") throw new Error(`${path} is empty: remove it, and a new one is made at the next start`);
  return text;
}
