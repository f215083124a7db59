import { unreachableReason } from "./classify.ts";

test.each([
  ["dns", ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "ENODATA", "ESERVFAIL", "ETIMEOUT", "EBADNAME"]],
  ["proxy", ["EPROXY_407", "EPROXY_ECONNREFUSED", "EPROXY_ENOTFOUND", "EPROXY_TIMEOUT"]],
  ["refused", ["ETARGETREFUSED", "ETARGETPORT"]],
  ["connect", ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EACCES"]],
  [
    "tls",
    [
      "CERT_HAS_EXPIRED",
      "CERT_NOT_YET_VALID",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "EPROTO",
    ],
  ],
  ["reset", ["ECONNRESET", "EPIPE"]],
  ["protocol", ["HPE_INVALID_CONSTANT", "HPE_HEADER_OVERFLOW", "HPE_CR_EXPECTED", "ESWITCHEDPROTOCOL"]],
  ["timeout", ["ETIMEDOUT"]],
  ["other", ["UNKNOWN", "ERR_INVALID_URL", "", "XECONNRESET", "ECONNRESETX"]],
])("%s is what these codes mean", (reason, codes) => {
  expect(codes.map((code) => [code, unreachableReason(code)])).toEqual(codes.map((code) => [code, reason]));
});
