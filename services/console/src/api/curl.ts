import { apiPath } from "./api-client.ts";
import type { ApiCall } from "./api-client.ts";

/** An action as a command for a shell. The key is left to the environment, so that it lands in no history. */
export function curlCommand(call: Omit<ApiCall, "signal">, origin: string): string {
  const { method = "GET", body } = call;
  const parts = [
    ...(method === "GET" ? ["curl"] : [`curl -X ${method}`]),
    '-H "Authorization: $POSTHORN_API_KEY"',
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `--data ${shellQuoted(JSON.stringify(body, null, 2))}`]),
    shellQuoted(`${origin}${apiPath(call)}`),
  ];
  return parts.join(" \\\n  ");
}

/** One word of a POSIX shell, whatever is in it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
