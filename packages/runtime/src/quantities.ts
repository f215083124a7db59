const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
  tb: 1024 ** 4,
};

function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim());
  const unit = units[match?.[2]?.toLowerCase() ?? ""];
  if (match === null || unit === undefined) return undefined;
  return Math.round(Number(match[1]) * unit);
}

/** `6s`, `1.5h`, `250ms` → milliseconds; `undefined` when the text is no duration. */
export function parseDurationMs(text: string): number | undefined {
  return quantity(text, DURATION_UNITS);
}

/** `10mb`, `256kb` (powers of 1,024) → bytes; `undefined` when the text is no size. */
export function parseSizeBytes(text: string): number | undefined {
  return quantity(text, SIZE_UNITS);
}
