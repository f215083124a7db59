import type { AttemptView } from "@posthorn/api/views";
import { duration } from "../shared/format-time.ts";

/** What an attempt came to, as far as words for it go. */
export interface AttemptFacts {
  readonly outcome: AttemptView["outcome"];
  readonly status: number | null;
  readonly error_code: string | null;
  readonly message: string | null;
  /** `null` where it is not known. */
  readonly latency_ms: number | null;
}

export interface AttemptWords {
  /** What happened, and what to do where that is not plain. */
  readonly text: string;
  /** What a technician searches for, e.g. `ETIMEDOUT`. */
  readonly code: string | null;
}

/** An attempt's outcome in plain words. */
export function attemptWords(facts: AttemptFacts): AttemptWords {
  if (facts.status !== null) return { text: statusWords(facts.status), code: null };
  if (facts.outcome === "broken") {
    return { text: facts.message ?? "Posthorn itself could not make the attempt.", code: facts.error_code };
  }
  if (facts.error_code === null) return { text: facts.message ?? "The attempt failed.", code: null };
  return { text: codeWords(facts.error_code, facts), code: facts.error_code };
}

function statusWords(status: number): string {
  if (status >= 200 && status <= 299) return `The target took it (${status}).`;
  if (status >= 300 && status <= 399) {
    return `The target sends elsewhere (${status}); redirects are not followed, so set the final URL as the target.`;
  }
  const known = STATUS_WORDS.get(status);
  if (known !== undefined) return `${known} (${status}).`;
  return status >= 500 ? `The target failed on its side (${status}).` : `The target refused it (${status}).`;
}

const STATUS_WORDS: ReadonlyMap<number, string> = new Map([
  [400, "The target says that it does not understand the request"],
  [401, "The target asks for other credentials: check the authentication"],
  [403, "The target does not allow it: check the authentication, and what the target lets in"],
  [404, "The target has nothing at this URL: check its path"],
  [405, "The target takes no POST at this URL"],
  [408, "The target waited too long for the request"],
  [410, "The target says that it is gone for good; three such answers in a row switch the webhook off"],
  [413, "The batch is too large for the target; a batch of several events is split"],
  [415, "The target does not take JSON at this URL"],
  [429, "The target asks to slow down"],
  [502, "A proxy before the target got no good answer from it"],
  [503, "The target is not available now"],
  [504, "A proxy before the target got no answer from it in time"],
]);

const NO_LOOK_UP = "The name of the target could not be looked up: the DNS did not help.";

/** Which words belong to an error code of the platform. The first that matches wins. */
const CODE_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^ENOTFOUND$/, "The name of the target is not known: check its spelling, and the DNS."],
  [/^(EAI_\w+|ENODATA|ESERVFAIL|EREFUSED|ETIMEOUT|EFORMERR|ENOTIMP|EBADNAME|EBADRESP|EBADQUERY)$/, NO_LOOK_UP],
  [/^ECONNREFUSED$/, "Nothing listens at the target's address: check that it runs, and its port."],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/, "There is no way to the target's network."],
  [/^(ETARGETREFUSED|ETARGETPORT)$/, "Posthorn's configuration allows no connection to the target's address."],
  [/^EPROXY_/, "The proxy that Posthorn goes through made no connection to the target."],
  [/^(ECONNRESET|EPIPE|ERR_STREAM_\w+)$/, "The target closed the connection before it had answered."],
  [/^CERT_HAS_EXPIRED$/, "The target's certificate has expired."],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, "The target's certificate is for another name."],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/,
    "The target's certificate comes from nobody who is trusted: give its authority to the webhook (tls_ca).",
  ],
  [
    /^(CERT_\w+|EPROTO|INVALID_CA|ERR_TLS_\w+|ERR_SSL_\w+|CRL_\w+|OCSP_\w+)$/,
    "No TLS connection to the target could be made.",
  ],
  [/^(HPE_\w+|ESWITCHEDPROTOCOL)$/, "What the target answered is not HTTP."],
];

function codeWords(code: string, { message, latency_ms: latencyMs }: AttemptFacts): string {
  if (/^(ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED)$/.test(code)) {
    return latencyMs === null
      ? "The target did not answer in time."
      : `The target did not answer within ${duration(Math.round(latencyMs / 1_000) * 1_000)}.`;
  }
  return CODE_WORDS.find(([pattern]) => pattern.test(code))?.[1] ?? message ?? "The attempt failed.";
}
