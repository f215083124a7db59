const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** `1.5 MB`, of 1,024 each, as limits are given: the one way in which Posthorn writes sizes. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let rest = bytes;
  while (rest >= 1_023.5 && unit < UNITS.length - 1) {
    rest /= 1_024;
    unit += 1;
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : Number(rest.toFixed(1))} ${UNITS[unit]}`;
}
