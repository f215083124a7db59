import type { Problem } from "./problem.ts";

/** As the original limits them: number of headers, and bytes of all names and values together. */
export const HEADERS_MAX = 5;
export const BYTES_MAX = 3_000;

/** A field name of HTTP (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible ASCII, and blanks only between. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** Names that Posthorn or the connection itself uses. */
const RESERVED = new Set([
  "__proto__",
  "accept",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "traceparent",
  "tracestate",
  "upgrade",
  "user-agent",
  "webhook-id",
  "webhook-signature",
  "webhook-timestamp",
  "x-messagesystems-batch-id",
  "x-messagesystems-webhook-token",
]);

/** What is wrong with the custom headers of a webhook, in the original's words where it has some. Values are not shown. */
export function customHeaderProblems(headers: Readonly<Record<string, string>>): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(headers);
  if (names.length > HEADERS_MAX) {
    problems.push({
      message: `You may only have up to ${HEADERS_MAX} custom headers`,
      param: "custom_headers",
      code: "10002",
    });
  }
  const seen = new Set<string>();
  for (const name of names.slice(0, 2 * HEADERS_MAX)) {
    const folded = name.toLowerCase();
    const message = headerProblem(folded, headers[name] ?? "", seen);
    seen.add(folded);
    if (message !== undefined)
      problems.push({ message, param: "custom_headers", value: name.slice(0, 128), ...codeOf(folded) });
  }
  const bytes = Object.entries(headers).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes >= BYTES_MAX) {
    problems.push({
      message: `The custom headers have ${bytes} bytes together: keep names and values under ${BYTES_MAX}`,
      param: "custom_headers",
      code: "10001",
    });
  }
  return problems;
}

function headerProblem(folded: string, value: string, seen: ReadonlySet<string>): string | undefined {
  if (!NAME.test(folded)) return "This is no header name: use letters, digits and hyphens";
  if (RESERVED.has(folded)) return "Header is reserved and cannot be used";
  if (seen.has(folded)) return "This header is given twice: upper and lower case are the same";
  if (!VALUE.test(value))
    return "The value of this header is empty or has characters that no header may have: use printable ASCII";
  return undefined;
}

function codeOf(folded: string): Pick<Problem, "code"> {
  return RESERVED.has(folded) ? { code: "10000" } : {};
}
