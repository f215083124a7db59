/** What was sent and answered so far. */
export interface Tally {
  readonly requests: () => number;
  /** One more request of a route was answered so; several statuses when several answers came, none when none did. */
  count(route: string, statuses: readonly number[]): void;
  /** Events were accepted, under the id that the answer gave; a repeated answer counts once. */
  accepted(id: string, events: number): void;
  readonly acceptedEvents: () => number;
  /** A line a route. */
  lines(): string[];
}

export function createTally(): Tally {
  const byRoute = new Map<string, Map<string, number>>();
  const acceptedById = new Map<string, number>();
  let requests = 0;

  return {
    requests: () => requests,
    count: (route, statuses) => {
      requests += 1;
      const byStatus = byRoute.get(route) ?? new Map<string, number>();
      byRoute.set(route, byStatus);
      for (const status of statuses.length === 0 ? ["closed"] : statuses.map(String)) {
        byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      }
    },
    accepted: (id, events) => void acceptedById.set(id, events),
    acceptedEvents: () => [...acceptedById.values()].reduce((sum, events) => sum + events, 0),
    lines: () =>
      [...byRoute]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([route, byStatus]) => {
          const statuses = [...byStatus].toSorted(([a], [b]) => a.localeCompare(b));
          return `  ${route.padEnd(52)} ${statuses.map(([status, times]) => `${status}×${times}`).join("  ")}`;
        }),
  };
}
