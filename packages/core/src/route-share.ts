import type { WebhookId } from "./ids.ts";
import type { Route, Routed } from "./routing.ts";

/** A webhook, and its number in the table: shorter than its id where many are compared. */
export interface WantedBy {
  readonly webhook: Routed;
  readonly number: number;
}

/** Some webhooks; the same ones are the same set, with the same number. */
export interface WebhookSet {
  readonly members: readonly WantedBy[];
  readonly number: number;
}

/** Sees to it that events that the same webhooks want have the same route. Lists come in the order of the table. */
export interface RouteShare {
  setOf(members: readonly WantedBy[]): WebhookSet;
  /** `general`: of those that are for everybody; `own`: those of one subaccount. `undefined` = there are none. */
  route(general: WebhookSet, own: readonly WantedBy[]): Route | undefined;
}

export function createRouteShare(): RouteShare {
  const sets = new Map<string, WebhookSet>();
  const routes = new Map<string, Route>();
  return {
    setOf: (members) => {
      const signature = signatureOf(members);
      let set = sets.get(signature);
      if (set === undefined) {
        set = { members, number: sets.size };
        sets.set(signature, set);
      }
      return set;
    },
    route: (general, own) => {
      if (general.members.length + own.length === 0) return undefined;
      // Hundreds of webhooks are for everybody, few are a subaccount's own: the set stands for the first ones.
      const signature = `${general.number}:${signatureOf(own)}`;
      let route = routes.get(signature);
      if (route === undefined) {
        route = makeRoute([...general.members, ...own]);
        routes.set(signature, route);
      }
      return route;
    },
  };
}

function signatureOf(members: readonly WantedBy[]): string {
  return members.map(({ number }) => number).join();
}

function makeRoute(members: readonly WantedBy[]): Route {
  const byPartition = new Map<number, WebhookId[]>();
  for (const { webhook } of members) {
    const ids = byPartition.get(webhook.partition);
    if (ids === undefined) byPartition.set(webhook.partition, [webhook.id]);
    else ids.push(webhook.id);
  }
  return { byPartition };
}
