/** What was sent so far. */
export class Tally {
  accepted = 0;
  requests = 0;
  repeats = 0;
  readonly #byType = new Map<string, number>();

  count(type: string): void {
    this.#byType.set(type, (this.#byType.get(type) ?? 0) + 1);
  }

  /** The summary, most frequent type first. */
  summary(elapsedMs: number): string {
    const number = (value: number): string => value.toLocaleString("en");
    const perSecond = Math.round(this.accepted / Math.max(elapsedMs / 1_000, 0.001));
    const types = [...this.#byType].toSorted(([, a], [, b]) => b - a);
    const width = Math.max(0, ...types.map(([type]) => type.length));
    return [
      `${number(this.accepted)} events accepted in ${(elapsedMs / 1_000).toFixed(1)} s, ${number(perSecond)} events/s`,
      `${number(this.requests)} requests, ${number(this.repeats)} repeats`,
      ...types.map(([type, count]) => `  ${type.padEnd(width)} ${number(count).padStart(9)}`),
    ].join("\n");
  }
}
