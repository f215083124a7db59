const FIRST_MS = 100;
const LONGEST_MS = 2_000;
/** A process that ran this long was healthy, so its next death starts from the beginning. */
const HEALTHY_MS = 10_000;

/** Deaths in a row, this one included, of a process that lived for `livedMs` after `before` earlier ones. */
export function deathsInRow(before: number, livedMs: number): number {
  return livedMs >= HEALTHY_MS ? 1 : before + 1;
}

/** How long to wait before a process is started again after its `deaths`th death in a row. */
export function restartDelayMs(deaths: number): number {
  return Math.min(FIRST_MS * 2 ** (deaths - 1), LONGEST_MS);
}
