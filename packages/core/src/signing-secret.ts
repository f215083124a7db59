/** Random bytes of a secret that Posthorn makes; the specification asks for 24 to 64. */
const GENERATED_BYTES = 32;
const BYTES_MIN = 24;
const BYTES_MAX = 64;
const PREFIX = "whsec_";

/** The bytes of a signing secret as Standard Webhooks writes it, `whsec_<base64>`; `undefined` when it is none. */
export function parseSigningSecret(text: string): Buffer | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const encoded = text.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.length < BYTES_MIN || bytes.length > BYTES_MAX) return undefined;
  // Buffer passes over what is no base64.
  return bytes.toString("base64") === encoded ? bytes : undefined;
}

/** Writes random bytes as a signing secret. */
export function generateSigningSecret(randomBytes: (count: number) => Buffer): string {
  return `${PREFIX}${randomBytes(GENERATED_BYTES).toString("base64")}`;
}
