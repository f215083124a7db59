import type { NameResult } from "./name-result.ts";

/** Who may not be connected to, and ports that may not. */
type RefusalCode = "ETARGETREFUSED" | "ETARGETPORT";

export function refusal(code: RefusalCode, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** What the platform is told of a name that has no addresses. */
export function nameError(host: string, result: Exclude<NameResult, { readonly kind: "found" }>): Error {
  switch (result.kind) {
    case "unknown":
      return failed("ENOTFOUND", host, `the name ${host} is not known, or has no address`);
    case "silent":
      return failed("ETIMEOUT", host, `no answer in time for the name ${host}`);
    case "failed":
      return failed(asDnsCode(result.code), host, `the name ${host} could not be resolved (${result.code})`);
    case "busy":
      return failed("ELOOKUPBUSY", host, "too many names are being looked up at the same time");
  }
}

/** Codes that would otherwise be taken for what the target said. */
function asDnsCode(code: string): string {
  return /^E(CONN|TIMEDOUT|HOST|NET)/.test(code) ? "EAI_AGAIN" : code;
}

function failed(code: string, hostname: string, message: string): Error {
  return Object.assign(new Error(message), { code, hostname, syscall: "lookup" });
}
