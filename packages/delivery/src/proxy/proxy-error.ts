/** What a proxy did instead of making a connection. */
type ProxyFailure =
  | { readonly kind: "answered"; readonly status: number }
  /** `code` is the platform's. */
  | { readonly kind: "unreachable"; readonly code: string }
  | { readonly kind: "silent" };

/** The error of an attempt that the proxy has failed. Names neither the proxy nor its password. */
export function proxyError(failure: ProxyFailure, target: string): Error {
  return Object.assign(new Error(messageOf(failure, target)), { code: `EPROXY_${suffixOf(failure)}` });
}

function suffixOf(failure: ProxyFailure): string {
  switch (failure.kind) {
    case "answered":
      return String(failure.status);
    case "unreachable":
      return failure.code;
    case "silent":
      return "TIMEOUT";
  }
}

function messageOf(failure: ProxyFailure, target: string): string {
  switch (failure.kind) {
    case "answered": {
      const { status } = failure;
      if (status === 407) return "the proxy answered 407: check user and password in EGRESS_PROXY";
      return status >= 500
        ? `the proxy answered ${status}: it got no connection to ${target}, and its log says why`
        : `the proxy answered ${status}: let it allow CONNECT to ${target}, which is used for http and https alike`;
    }
    case "unreachable":
      return `the proxy could not be used (${failure.code}): check EGRESS_PROXY, and whether the proxy runs`;
    case "silent":
      return `the proxy made no connection to ${target} in time: check whether it runs, and whether the target does`;
  }
}
