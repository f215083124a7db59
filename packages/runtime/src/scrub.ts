/** Makes a line of a log one that everybody may read. */
export type Scrub = (line: string) => string;

const MASK = "***";
/** Of shorter ones too much of any text consists. */
const SECRET_LENGTH_MIN = 6;

interface Look {
  /** Stands in every text that has the look: next to no line has it, and looking for it costs little. */
  readonly sign: string;
  readonly pattern: RegExp;
  readonly left: string;
}

/** What secrets look like wherever they come from, and what is left of them. */
const LOOKS: readonly Look[] = [
  // User and password in a URL.
  { sign: "://", pattern: /(:\/\/)[^\s"\\/@]+@/g, left: `$1${MASK}@` },
  {
    sign: "uthorization",
    pattern: /(authorization[\\"'\s:=]+)(?:(?:bearer|basic)\s+)?[^\s"'\\,}]+/gi,
    left: `$1${MASK}`,
  },
  { sign: "whsec_", pattern: /whsec_[\w+/=-]+/g, left: `whsec_${MASK}` },
  // An API key's id is no secret.
  { sign: "ph_", pattern: /\b(ph_[0-9a-f]{12}_)[\w-]{32}/g, left: `$1${MASK}` },
  { sign: "posthorn=", pattern: /(posthorn=)[\w-]{43}/g, left: `$1${MASK}` },
  ...["apiKey", "authToken", "auth_token", "client_secret", "cookie", "password", "secret", "token"].map(
    (name): Look => ({
      sign: `${name}"`,
      pattern: new RegExp(`("${name}":)"(?:[^"\\\\]|\\\\.)*"`, "g"),
      left: `$1"${MASK}"`,
    }),
  ),
];

/**
 * The last line of defence: nothing logs a secret, and if something does, because a library has put it into the words of an
 * error, it is not written. `secrets` are those of the configuration.
 */
export function createScrub(secrets: readonly string[]): Scrub {
  // In a line of JSON they are escaped.
  const forms = secrets
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  // What contains another one goes first.
  const known = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (line) => {
    let clean = line;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, MASK);
    for (const { sign, pattern, left } of LOOKS) if (clean.includes(sign)) clean = clean.replace(pattern, left);
    return clean;
  };
}

/** The passwords in a URL, as they stand there and decoded: that before its host, and that of Redis' Sentinels. */
export function passwordsIn(url: string): string[] {
  const found = [/:\/\/[^/?#@:]*:([^/?#]*)@/, /[?&]sentinelPassword=([^&#]*)/].flatMap(
    (place) => place.exec(url)?.slice(1) ?? [],
  );
  return found.flatMap((password) => [password, decoded(password)]);
}

/** A part of a URL as it is meant. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // It was not meant to be encoded.
    return text;
  }
}
