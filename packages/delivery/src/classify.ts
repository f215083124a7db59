import type { UnreachableReason } from "@posthorn/core";

/** Which stage of reaching a target a platform error code belongs to. First match wins. */
const REASONS: readonly (readonly [RegExp, UnreachableReason])[] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|EREFUSED|ETIMEOUT|EFORMERR|ENOTIMP|EBADNAME|EBADRESP|EBADQUERY)$/, "dns"],
  [/^EPROXY_/, "proxy"],
  [/^(ETARGETREFUSED|ETARGETPORT)$/, "refused"],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED)$/, "timeout"],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EHOSTDOWN|ENETDOWN|EINVAL)$/, "connect"],
  [/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_WRITE_AFTER_END)$/, "reset"],
  [/^(EPROTO|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|HOSTNAME_MISMATCH|INVALID_CA)$/, "tls"],
  [/^(CERT_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|CRL_|OCSP_)/, "tls"],
  [/^(HPE_|ESWITCHEDPROTOCOL$)/, "protocol"],
];

/** Classifies by the platform's error code; messages are never looked at. */
export function unreachableReason(errorCode: string): UnreachableReason {
  return REASONS.find(([pattern]) => pattern.test(errorCode))?.[1] ?? "other";
}
