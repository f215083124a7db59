/** The oldest Redis whose commands BullMQ and Posthorn's scripts can rely on. */
export const OLDEST_REDIS = "6.2";

/** True for `6.2.0` and newer; Valkey counts on from Redis 7.2. Unreadable text is given the benefit of the doubt. */
export function isNewEnough(version: string): boolean {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (match === null) return true;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 6 || (major === 6 && minor >= 2);
}

/** The version in what `redis-server --version` or `valkey-server --version` prints: `… v=7.0.15 …`. */
export function readVersion(printed: string): string | undefined {
  return /\bv=(\d+\.\d+\.\d+)/.exec(printed)?.[1];
}
