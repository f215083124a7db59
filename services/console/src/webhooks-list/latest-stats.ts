import type { StatsView, WebhookStatsView } from "@posthorn/api/views";

/**
 * What is known last of each webhook. All are asked about now and then, those on the page that is shown much more often;
 * what was heard of one of these stays when it leaves the page, so that no row goes back and forth between two pages, of
 * which the filter or the order says the one by what is old and the other by what is new.
 */
export interface LatestStats {
  readonly all: StatsView | undefined;
  /** The newest answer about a page, and when it came. */
  readonly shown: StatsView | undefined;
  readonly shownAtMs: number;
  readonly byId: ReadonlyMap<string, WebhookStatsView>;
}

export const NOTHING_HEARD: LatestStats = { all: undefined, shown: undefined, shownAtMs: 0, byId: new Map() };

/**
 * The same object while nothing new was heard. An answer about a page that came before another page's counts no more: the
 * two could send a row back and forth for ever.
 */
export function latestStats(
  before: LatestStats,
  all: StatsView | undefined,
  { data, dataUpdatedAt }: { readonly data: StatsView | undefined; readonly dataUpdatedAt: number },
): LatestStats {
  const isNew = data !== undefined && dataUpdatedAt > before.shownAtMs;
  if (all === before.all && !isNew) return before;
  const base = all === before.all ? before.byId : mapOf(all);
  const { shown, shownAtMs } = isNew ? { shown: data, shownAtMs: dataUpdatedAt } : before;
  return { all, shown, shownAtMs, byId: new Map([...base, ...mapOf(shown)]) };
}

function mapOf(stats: StatsView | undefined): ReadonlyMap<string, WebhookStatsView> {
  return new Map(stats?.webhooks.map((row) => [row.id, row]));
}
