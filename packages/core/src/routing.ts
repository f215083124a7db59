import type { WebhookId } from "./ids.ts";
import { createRouteShare } from "./route-share.ts";
import type { RouteShare, WantedBy } from "./route-share.ts";
import { isInScope } from "./subaccount.ts";
import { EVERY_SUBACCOUNT } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

/** The webhooks that want certain events; events that the same webhooks want share one route. */
export interface Route {
  readonly byPartition: ReadonlyMap<number, readonly WebhookId[]>;
}

/** Who wants the events of one type. `undefined` = nobody. */
export interface TypeRoutes {
  /** For every subaccount that no webhook names. */
  readonly others: Route | undefined;
  /** False = whose an event is does not matter: `others` is for all. */
  readonly namesSubaccounts: boolean;
  /** For one subaccount. */
  readonly routeOf: (subaccount: number) => Route | undefined;
}

/** Event type → who wants it. Types that nobody wants are not in it. */
export type RoutingTable = ReadonlyMap<string, TypeRoutes>;

export type Routed = Pick<Webhook, "id" | "partition" | "events" | "active" | "subaccount" | "exceptionSubaccounts">;

/** Who wants an event of this type and subaccount. */
export function routeOf(table: RoutingTable, type: string, subaccount: number): Route | undefined {
  return table.get(type)?.routeOf(subaccount);
}

/** The webhooks that want one type, in the order of the table. */
interface Wanting {
  readonly everybodys: WantedBy[];
  readonly scoped: WantedBy[];
}

/**
 * Built anew at each change of a definition; inactive webhooks want nothing. A route of a named subaccount is made when
 * its first event comes: webhooks for everybody times subaccounts times types are too many to be made at each change.
 */
export function buildRoutingTable(webhooks: Iterable<Routed>): RoutingTable {
  const wantingOf = new Map<string, Wanting>();
  let number = 0;
  for (const webhook of webhooks) {
    if (!webhook.active) continue;
    const wanted: WantedBy = { webhook, number: number++ };
    for (const type of new Set(webhook.events)) {
      let wanting = wantingOf.get(type);
      if (wanting === undefined) {
        wanting = { everybodys: [], scoped: [] };
        wantingOf.set(type, wanting);
      }
      if (webhook.subaccount === EVERY_SUBACCOUNT) wanting.everybodys.push(wanted);
      else wanting.scoped.push(wanted);
    }
  }
  const share = createRouteShare();
  return new Map([...wantingOf].map(([type, wanting]) => [type, routesOfType(wanting, share)] as const));
}

function routesOfType(wanting: Wanting, share: RouteShare): TypeRoutes {
  const { everybodys, scoped } = wanting;
  const everybody = share.setOf(everybodys);
  const others = share.route(everybody, []);
  if (scoped.length === 0 && everybodys.every(({ webhook }) => webhook.exceptionSubaccounts.length === 0)) {
    return { others, namesSubaccounts: false, routeOf: () => others };
  }
  let named: ReadonlyMap<number, Named> | undefined;
  const made = new Map<number, Route | undefined>();
  const find = (subaccount: number): Route | undefined => {
    const known = made.get(subaccount);
    if (known !== undefined) return known;
    named ??= namedBy(wanting);
    const found = named.get(subaccount);
    // Events may name any number: only those that webhooks name are kept.
    if (found === undefined) return others;
    if (made.has(subaccount)) return undefined;
    const general = found.isException
      ? share.setOf(everybodys.filter(({ webhook }) => isInScope(webhook, subaccount)))
      : everybody;
    const route = share.route(general, found.own);
    made.set(subaccount, route);
    return route;
  };
  return { others, namesSubaccounts: true, routeOf: find };
}

/** A subaccount that some webhook names. */
interface Named {
  /** The webhooks of this subaccount alone. */
  readonly own: WantedBy[];
  /** True when some webhook for everybody leaves it out. */
  isException: boolean;
}

function namedBy({ everybodys, scoped }: Wanting): Map<number, Named> {
  const named = new Map<number, Named>();
  const nameOf = (subaccount: number): Named => {
    let found = named.get(subaccount);
    if (found === undefined) {
      found = { own: [], isException: false };
      named.set(subaccount, found);
    }
    return found;
  };
  for (const wanted of scoped) nameOf(wanted.webhook.subaccount).own.push(wanted);
  for (const { webhook } of everybodys) {
    for (const exception of webhook.exceptionSubaccounts) nameOf(exception).isException = true;
  }
  return named;
}
