import type { WebhookId } from "./ids.ts";
import { isInScope } from "./subaccount.ts";
import { EVERY_SUBACCOUNT } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

/** The webhooks that want certain events; events that the same webhooks want share one route. */
export interface Route {
  readonly byPartition: ReadonlyMap<number, readonly WebhookId[]>;
}

/** Who wants the events of one type. `undefined` = nobody. */
export interface TypeRoutes {
  /** For every subaccount that is not in `bySubaccount`. */
  readonly others: Route | undefined;
  /** For the subaccounts that some webhook names. */
  readonly bySubaccount: ReadonlyMap<number, Route | undefined>;
}

/** Event type → who wants it. Types that nobody wants are not in it. */
export type RoutingTable = ReadonlyMap<string, TypeRoutes>;

export type Routed = Pick<Webhook, "id" | "partition" | "events" | "active" | "subaccount" | "exceptionSubaccounts">;

/** Who wants an event of this type and subaccount. */
export function routeOf(table: RoutingTable, type: string, subaccount: number): Route | undefined {
  const routes = table.get(type);
  if (routes === undefined) return undefined;
  return routes.bySubaccount.has(subaccount) ? routes.bySubaccount.get(subaccount) : routes.others;
}

/** Built anew at each change of a definition; inactive webhooks want nothing. */
export function buildRoutingTable(webhooks: Iterable<Routed>): RoutingTable {
  const wantedBy = new Map<string, Routed[]>();
  for (const webhook of webhooks) {
    if (!webhook.active) continue;
    for (const type of new Set(webhook.events)) {
      const list = wantedBy.get(type);
      if (list === undefined) wantedBy.set(type, [webhook]);
      else list.push(webhook);
    }
  }
  const shared = new Map<string, Route>();
  const share = (list: readonly Routed[]): Route | undefined => {
    if (list.length === 0) return undefined;
    const signature = list.map((webhook) => webhook.id).join();
    let route = shared.get(signature);
    if (route === undefined) {
      route = makeRoute(list);
      shared.set(signature, route);
    }
    return route;
  };
  return new Map([...wantedBy].map(([type, list]) => [type, routesOfType(list, share)] as const));
}

function routesOfType(wanting: readonly Routed[], share: (list: readonly Routed[]) => Route | undefined): TypeRoutes {
  const everybodys = wanting.filter(({ subaccount }) => subaccount === EVERY_SUBACCOUNT);
  const named = new Set<number>();
  const scoped = new Map<number, Routed[]>();
  for (const webhook of wanting) {
    if (webhook.subaccount === EVERY_SUBACCOUNT) {
      for (const exception of webhook.exceptionSubaccounts) named.add(exception);
      continue;
    }
    named.add(webhook.subaccount);
    const own = scoped.get(webhook.subaccount);
    if (own === undefined) scoped.set(webhook.subaccount, [webhook]);
    else own.push(webhook);
  }
  const bySubaccount = new Map<number, Route | undefined>();
  for (const subaccount of named) {
    const general = everybodys.filter((webhook) => isInScope(webhook, subaccount));
    bySubaccount.set(subaccount, share([...general, ...(scoped.get(subaccount) ?? [])]));
  }
  return { others: share(everybodys), bySubaccount };
}

function makeRoute(list: readonly Routed[]): Route {
  const byPartition = new Map<number, WebhookId[]>();
  for (const { id, partition } of list) {
    const ids = byPartition.get(partition);
    if (ids === undefined) byPartition.set(partition, [id]);
    else ids.push(id);
  }
  return { byPartition };
}
