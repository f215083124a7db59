/** Whatever takes events in and pushes them on: Posthorn, or a baseline. */
export interface System {
  /** Where its API processes listen; requests go to them in turn. */
  readonly urls: readonly string[];
  /** CPU-seconds used so far, by kind of process. */
  cpuSeconds(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** CPU-seconds per million events by kind of process, and `all`, for the time in which `work` ran. */
export async function cpuPerMillion(
  system: Pick<System, "cpuSeconds">,
  events: number,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = system.cpuSeconds();
  await work();
  const after = system.cpuSeconds();
  const used = Object.entries(after).map(([kind, seconds]): [string, number] => [
    kind,
    ((seconds - (before[kind] ?? 0)) * 1_000_000) / events,
  ]);
  return Object.fromEntries([...used, ["all", used.reduce((sum, [, seconds]) => sum + seconds, 0)]]);
}
