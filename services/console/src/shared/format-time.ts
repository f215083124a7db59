const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** "5 min. ago", "in 2 hr."; of what is nearer than a few seconds, the seconds would only flicker. */
export function relativeTime(atMs: number, nowMs: number): string {
  const distanceMs = atMs - nowMs;
  const size = Math.abs(distanceMs);
  if (size < 3 * SECOND) return "just now";
  // Rounded towards now: "1 hr." is said from one hour on.
  const units = (unitMs: number): number => Math.trunc(distanceMs / unitMs);
  if (size < MINUTE) return relative.format(units(SECOND), "second");
  if (size < HOUR) return relative.format(units(MINUTE), "minute");
  if (size < 2 * DAY) return relative.format(units(HOUR), "hour");
  return relative.format(units(DAY), "day");
}

/** The moment with the viewer's zone. */
export function exactTime(at: string): string {
  return exact.format(new Date(at));
}

/** `14:05`, for the axes of charts. */
export function clockTime(atMs: number): string {
  return clock.format(atMs);
}

/** What is left until a moment: "3:07", "1:02:45"; "due" when it has come. */
export function countdown(atMs: number, nowMs: number): string {
  const seconds = Math.ceil((atMs - nowMs) / SECOND);
  if (seconds <= 0) return "due";
  const two = (value: number): string => String(value).padStart(2, "0");
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3_600 ? rest.replace(/^0/, "") : `${Math.floor(seconds / 3_600)}:${rest}`;
}

/** "850 ms", "6 s", "3 min", "2 h 5 min", "3 d": two units at most. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${trimmed(ms / SECOND)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return pair(ms, [MINUTE, "min"], [SECOND, "s"], 5);
  if (ms < 2 * DAY) return pair(ms, [HOUR, "h"], [MINUTE, "min"], 24);
  return `${Math.floor(ms / DAY)} d`;
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

/** The smaller unit is left out from `plainFrom` of the larger one on. */
function pair(
  ms: number,
  [largeMs, large]: readonly [number, string],
  [smallMs, small]: readonly [number, string],
  plainFrom: number,
): string {
  const whole = Math.floor(ms / largeMs);
  const rest = Math.floor((ms % largeMs) / smallMs);
  return whole >= plainFrom || rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`;
}
