import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { WebhookId } from "./ids.ts";
import { buildRoutingTable } from "./routing.ts";
import type { Webhook } from "./webhook.ts";

const TYPES = ["delivery", "bounce", "open", "click", "__proto__", "constructor"];

const webhook = fc
  .record({
    events: fc.array(fc.constantFrom(...TYPES), { maxLength: 8 }),
    partition: fc.integer({ min: 0, max: 2 }),
    active: fc.boolean(),
    paused: fc.boolean(),
  })
  .map((fields) => ({ ...fields, id: randomUUID() as WebhookId }) as Partial<Webhook> as Webhook);

test("each type leads to exactly the active webhooks that want it, once each and in their own partition", () => {
  fc.assert(
    fc.property(fc.array(webhook, { maxLength: 10 }), (webhooks) => {
      const table = buildRoutingTable(webhooks);
      for (const type of [...TYPES, "unknown"]) {
        const found = [...(table.get(type)?.byPartition ?? [])].flatMap(([partition, ids]) =>
          ids.map((id) => `${partition} ${id}`),
        );
        const wanted = webhooks
          .filter(({ active, events }) => active && events.includes(type))
          .map(({ partition, id }) => `${partition} ${id}`);
        expect(found.toSorted()).toEqual(wanted.toSorted());
      }
    }),
  );
});

test("types share a route exactly when the same webhooks want them; what nobody wants has none", () => {
  fc.assert(
    fc.property(fc.array(webhook, { maxLength: 4 }), (webhooks) => {
      const table = buildRoutingTable(webhooks);
      const wishes = (type: string): string =>
        webhooks
          .filter(({ active, events }) => active && events.includes(type))
          .map(({ id }) => id)
          .join();
      for (const one of TYPES) {
        expect(table.has(one)).toBe(wishes(one) !== "");
        for (const other of TYPES) expect(table.get(one) === table.get(other)).toBe(wishes(one) === wishes(other));
      }
    }),
  );
});

test("a paused webhook still wants its events", () => {
  const paused = {
    id: randomUUID() as WebhookId,
    partition: 0,
    events: ["open"],
    active: true,
    paused: true,
  } as unknown;
  expect(buildRoutingTable([paused as Webhook]).has("open")).toBe(true);
});
