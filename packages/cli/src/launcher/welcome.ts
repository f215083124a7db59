import { localUrl } from "./settings.ts";

export interface Welcome {
  readonly host: string;
  readonly port: number;
  /** The key itself on a terminal; its whereabouts otherwise, because output that is not watched is kept. */
  readonly apiKey:
    | { readonly kind: "shown"; readonly key: string }
    | { readonly kind: "file"; readonly file: string }
    | { readonly kind: "given" };
  readonly loopbackTargets: boolean;
}

/** What is printed once everything is ready. */
export function welcome({ host, port, apiKey, loopbackTargets }: Welcome): string {
  const url = localUrl(host, port);
  const [where, inCommand] = describeKey(apiKey);
  return [
    "",
    `Posthorn is ready at ${url}`,
    `API key: ${where}`,
    `Console: open ${url}/ in a browser and sign in with the key; every call of the API is explained at ${url}/api/docs`,
    ...(loopbackTargets ? ["Targets on this machine (loopback) are allowed, because HOST is loopback."] : []),
    "Try it:",
    `  curl -H "Authorization: ${inCommand}" ${url}/api/v1/webhooks`,
    "Ctrl-C stops it; what was acknowledged stays.",
    "",
  ].join("\n");
}

/** The key for a reader, and the key for a shell. */
function describeKey(apiKey: Welcome["apiKey"]): readonly [string, string] {
  switch (apiKey.kind) {
    case "shown":
      return [apiKey.key, apiKey.key];
    case "file":
      return [`in ${apiKey.file}`, `$(cat '${apiKey.file}')`];
    case "given":
      return ["the one given as POSTHORN_API_KEY", "$POSTHORN_API_KEY"];
  }
}
