import { lostBatches } from "../shared/lost-batches.ts";
import { STATUS_ORDER } from "../shared/webhook-status.ts";
import type { WebhookStatus } from "../shared/webhook-status.ts";
import type { ListQuery, Sort } from "./list-query.ts";
import type { WebhookRow } from "./webhook-row.ts";

export interface ListPage {
  readonly rows: readonly WebhookRow[];
  /** How many the search and the filter leave. */
  readonly found: number;
  readonly page: number;
  readonly pages: number;
}

/** The rows of the page that is asked for; a page beyond the last one is the last one. */
export function selectRows(all: readonly WebhookRow[], query: ListQuery): ListPage {
  const found = all.filter((row) => isWanted(row, query)).toSorted(comparing(query));
  const pages = Math.max(1, Math.ceil(found.length / query.pageSize));
  const page = Math.min(query.page, pages);
  return {
    rows: found.slice((page - 1) * query.pageSize, page * query.pageSize),
    found: found.length,
    page,
    pages,
  };
}

/** How many webhooks each status has among those that the search leaves. */
export function countByStatus(all: readonly WebhookRow[], search: string): ReadonlyMap<WebhookStatus, number> {
  const counts = new Map<WebhookStatus, number>();
  for (const row of all) {
    if (isMatch(row, search)) counts.set(row.status, (counts.get(row.status) ?? 0) + 1);
  }
  return counts;
}

function isWanted(row: WebhookRow, { search, status }: ListQuery): boolean {
  return (status === null || row.status === status) && isMatch(row, search);
}

/** Shorter ones are in too many ids for anybody to mean one. */
const ID_BEGINNING = 6;

/** True when each word is in the name, the target or one of the types, or is the beginning of the id. */
function isMatch({ webhook }: WebhookRow, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = [webhook.name, webhook.target, ...webhook.events].map((text) => text.toLowerCase());
  const isOfId = (word: string): boolean => word.length >= ID_BEGINNING && webhook.id.startsWith(word);
  return words.every((word) => isOfId(word) || texts.some((text) => text.includes(word)));
}

const byName = (a: WebhookRow, b: WebhookRow): number =>
  a.webhook.name.localeCompare(b.webhook.name, "en", { numeric: true, sensitivity: "base" }) ||
  a.webhook.id.localeCompare(b.webhook.id);

/** What a person looks for by a column comes first: the worst, the latest, the largest. */
const COMPARE: Readonly<Record<Sort, (a: WebhookRow, b: WebhookRow) => number>> = {
  name: byName,
  status: (a, b) => STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status),
  success: (a, b) => latestFirst(a.stats?.last_success_at, b.stats?.last_success_at),
  failure: (a, b) => latestFirst(a.stats?.last_failure_at, b.stats?.last_failure_at),
  backlog: (a, b) => (b.stats?.backlog_events ?? 0) - (a.stats?.backlog_events ?? 0),
  lost: (a, b) => lostOf(b) - lostOf(a),
};

function lostOf({ stats }: WebhookRow): number {
  return stats === undefined ? 0 : lostBatches(stats);
}

/** Rows that are equal keep the order of their names, so that nothing jumps. */
function comparing({ sort, isReversed }: ListQuery): (a: WebhookRow, b: WebhookRow) => number {
  const sign = isReversed ? -1 : 1;
  return (a, b) => sign * COMPARE[sort](a, b) || byName(a, b);
}

/** Times of one format and zone sort as text; never comes last. */
function latestFirst(a: string | null | undefined, b: string | null | undefined): number {
  return (b ?? "").localeCompare(a ?? "");
}
