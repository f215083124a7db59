type Env = Readonly<Record<string, string | undefined>>;

/** Where the environment says that the API is, else on this machine, unless a command is told otherwise. */
export function defaultUrl(env: Env): string {
  return env["POSTHORN_URL"]?.trim() || `http://127.0.0.1:${env["PORT"]?.trim() || "8080"}`;
}

/** The value of `--url` without slashes at its end; what is wrong with it joins the mistakes. */
export function readUrl(text: string, mistakes: string[]): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    mistakes.push(`--url ${text} is no http(s) URL: give e.g. --url http://127.0.0.1:8080, or POSTHORN_URL`);
  }
  return text.replace(/\/+$/, "");
}
