import { resolve } from "node:path";
import { notedUrl } from "../launcher/noted-url.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where the environment says that the API is, else where `npm start` runs it on `DATA_DIR`, unless a command is told otherwise. */
export async function defaultUrl(env: Env): Promise<string> {
  const given = env["POSTHORN_URL"]?.trim();
  if (given !== undefined && given !== "") return given;
  const port = env["PORT"]?.trim() ?? "";
  const noted = port === "" ? await notedUrl(resolve(env["DATA_DIR"]?.trim() || ".posthorn")) : undefined;
  return noted ?? `http://127.0.0.1:${port || "8080"}`;
}

/** The value of `--url` without slashes at its end; what is wrong with it joins the mistakes. */
export function readUrl(text: string, mistakes: string[]): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    mistakes.push(`--url ${text} is no http(s) URL: give e.g. --url http://127.0.0.1:8080, or POSTHORN_URL`);
  }
  return text.replace(/\/+$/, "");
}
