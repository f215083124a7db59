import { localUrl } from "./settings.ts";

interface Welcome {
  readonly host: string;
  readonly port: number;
  /** The key itself on a terminal; its whereabouts otherwise, because output that is not watched is kept. */
  readonly apiKey:
    | { readonly kind: "shown"; readonly key: string }
    | { readonly kind: "elsewhere"; readonly where: string };
  readonly loopbackTargets: boolean;
}

/** What is printed once everything is ready. */
export function welcome({ host, port, apiKey, loopbackTargets }: Welcome): string {
  const url = localUrl(host, port);
  const key = apiKey.kind === "shown" ? apiKey.key : "<API key>";
  return [
    "",
    `Posthorn is ready at ${url}`,
    `API key: ${apiKey.kind === "shown" ? apiKey.key : `in ${apiKey.where}`}`,
    ...(loopbackTargets ? ["Targets on this machine (loopback) are allowed, because HOST is loopback."] : []),
    "Try it:",
    `  curl -H 'Authorization: ${key}' ${url}/api/v1/webhooks`,
    "Ctrl-C stops it; what was acknowledged stays.",
    "",
  ].join("\n");
}
