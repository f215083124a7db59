import type { WebhookId } from "./ids.ts";
import type { Webhook } from "./webhook.ts";

/** The webhooks that want certain events; types that the same webhooks want share one route. */
export interface Route {
  readonly byPartition: ReadonlyMap<number, readonly WebhookId[]>;
}

/** Event type → who wants it. Types that nobody wants have no route. */
export type RoutingTable = ReadonlyMap<string, Route>;

/** Built anew at each change of a definition; inactive webhooks want nothing. */
export function buildRoutingTable(webhooks: Iterable<Webhook>): RoutingTable {
  const wantedBy = new Map<string, Webhook[]>();
  for (const webhook of webhooks) {
    if (!webhook.active) continue;
    for (const type of new Set(webhook.events)) {
      const list = wantedBy.get(type);
      if (list === undefined) wantedBy.set(type, [webhook]);
      else list.push(webhook);
    }
  }
  const shared = new Map<string, Route>();
  const table = new Map<string, Route>();
  for (const [type, list] of wantedBy) {
    const signature = list.map((webhook) => webhook.id).join();
    let route = shared.get(signature);
    if (route === undefined) {
      const byPartition = new Map<number, WebhookId[]>();
      for (const { id, partition } of list) {
        const ids = byPartition.get(partition);
        if (ids === undefined) byPartition.set(partition, [id]);
        else ids.push(id);
      }
      route = { byPartition };
      shared.set(signature, route);
    }
    table.set(type, route);
  }
  return table;
}
