/** `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** `1 batch`, `12 batches`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** `42s`, `7m`, `3h`, `2d`: how long ago that was. */
export function age(iso: string | null, nowMs: number): string {
  if (iso === null) return "-";
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(iso)) / 1_000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
