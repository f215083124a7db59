import { STATUS_ORDER } from "../shared/webhook-status.ts";
import type { WebhookStatus } from "../shared/webhook-status.ts";

export const SORTS = ["name", "status", "success", "failure", "backlog", "lost"] as const;
export type Sort = (typeof SORTS)[number];

export const PAGE_SIZES = [25, 50] as const;
export type PageSize = (typeof PAGE_SIZES)[number];

/** What of the list is shown, as the address says it. */
export interface ListQuery {
  readonly search: string;
  readonly status: WebhookStatus | null;
  readonly sort: Sort;
  readonly isReversed: boolean;
  /** Counted from 1. */
  readonly page: number;
  readonly pageSize: PageSize;
}

export const WHOLE_LIST: ListQuery = {
  search: "",
  status: null,
  sort: "name",
  isReversed: false,
  page: 1,
  pageSize: 25,
};

/** What an address asks for; what it does not know stands as in the whole list. */
export function readListQuery(params: URLSearchParams): ListQuery {
  const page = Number(params.get("page"));
  const pageSize = Number(params.get("size"));
  return {
    search: params.get("q") ?? "",
    status: STATUS_ORDER.find((status) => status === params.get("status")) ?? null,
    sort: SORTS.find((sort) => sort === params.get("sort")) ?? WHOLE_LIST.sort,
    isReversed: params.get("order") === "reversed",
    page: Number.isInteger(page) && page > 0 ? page : 1,
    pageSize: PAGE_SIZES.find((size) => size === pageSize) ?? WHOLE_LIST.pageSize,
  };
}

/** The address of a query, with what differs from the whole list. */
export function writeListQuery(query: ListQuery): URLSearchParams {
  const pairs: readonly (readonly [string, string, boolean])[] = [
    ["q", query.search, query.search !== ""],
    ["status", query.status ?? "", query.status !== null],
    ["sort", query.sort, query.sort !== WHOLE_LIST.sort],
    ["order", "reversed", query.isReversed],
    ["page", String(query.page), query.page > 1],
    ["size", String(query.pageSize), query.pageSize !== WHOLE_LIST.pageSize],
  ];
  return new URLSearchParams(pairs.flatMap(([name, value, isSaid]) => (isSaid ? [[name, value]] : [])));
}
