import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { API_KEY_FILE } from "../launcher/secrets.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What a command without a key says. */
export const NO_API_KEY =
  "There is no API key: start Posthorn here (npm start) first, or give --key, POSTHORN_API_KEY or POSTHORN_API_KEY_FILE";

/** The key that the services are given, by value or by file, else the one that `npm start` has made in `DATA_DIR`. */
export async function findApiKey(env: Env): Promise<string | undefined> {
  const given = env["POSTHORN_API_KEY"]?.trim();
  if (given !== undefined && given !== "") return given;
  const file =
    env["POSTHORN_API_KEY_FILE"]?.trim() || join(resolve(env["DATA_DIR"]?.trim() || ".posthorn"), API_KEY_FILE);
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim() === "" ? undefined : text.trim();
}
