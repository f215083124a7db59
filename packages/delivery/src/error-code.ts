/** The platform's code, not axios's paraphrase of it. */
export function errorCodeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  if (typeof code === "string" && !code.startsWith("ERR_BAD_") && code !== "ERR_NETWORK") return code;
  return typeof cause?.code === "string" ? cause.code : "UNKNOWN";
}
