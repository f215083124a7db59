import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { WebhookId } from "./ids.ts";
import { buildRoutingTable, routeOf } from "./routing.ts";
import type { Route, Routed } from "./routing.ts";
import { UNREADABLE_SUBACCOUNT } from "./subaccount.ts";
import { EVERY_SUBACCOUNT } from "./webhook.ts";

const TYPES = ["delivery", "bounce", "open", "click", "__proto__", "constructor"];
const SUBACCOUNTS = [0, 1, 2, 3, UNREADABLE_SUBACCOUNT];

const webhook: fc.Arbitrary<Routed> = fc
  .record({
    events: fc.array(fc.constantFrom(...TYPES), { maxLength: 8 }),
    partition: fc.integer({ min: 0, max: 2 }),
    active: fc.boolean(),
    subaccount: fc.constantFrom(EVERY_SUBACCOUNT, EVERY_SUBACCOUNT, 0, 1, 2),
    exceptionSubaccounts: fc.subarray([1, 2, 3]),
  })
  .map((fields) => ({
    ...fields,
    id: randomUUID() as WebhookId,
    exceptionSubaccounts: fields.subaccount === EVERY_SUBACCOUNT ? fields.exceptionSubaccounts : [],
  }));

/** The rule in its plainest form. */
function wants({ active, events, subaccount, exceptionSubaccounts }: Routed, type: string, owner: number): boolean {
  if (!active || !events.includes(type)) return false;
  return subaccount === EVERY_SUBACCOUNT ? !exceptionSubaccounts.includes(owner) : subaccount === owner;
}

const idsOf = (route: Route | undefined): string[] =>
  [...(route?.byPartition ?? [])].flatMap(([partition, ids]) => ids.map((id) => `${partition} ${id}`)).toSorted();

test("an event leads to exactly the active webhooks that want its type and subaccount, once each", () => {
  fc.assert(
    fc.property(fc.array(webhook, { maxLength: 10 }), (webhooks) => {
      const table = buildRoutingTable(webhooks);
      for (const type of [...TYPES, "unknown"]) {
        for (const owner of SUBACCOUNTS) {
          const wanted = webhooks.filter((one) => wants(one, type, owner));
          expect(idsOf(routeOf(table, type, owner))).toEqual(
            wanted.map(({ partition, id }) => `${partition} ${id}`).toSorted(),
          );
        }
      }
    }),
  );
});

test("events share a route exactly when the same webhooks want them; what nobody wants has none", () => {
  fc.assert(
    fc.property(fc.array(webhook, { maxLength: 5 }), (webhooks) => {
      const table = buildRoutingTable(webhooks);
      const kinds = TYPES.flatMap((type) => SUBACCOUNTS.map((owner) => ({ type, owner })));
      const wishes = kinds.map(({ type, owner }) => idsOf(routeOf(table, type, owner)).join());
      const routes = kinds.map(({ type, owner }) => routeOf(table, type, owner));
      for (const [one, route] of routes.entries()) {
        expect(route === undefined).toBe(wishes[one] === "");
        for (const [other, another] of routes.entries()) {
          expect(route === another).toBe(wishes[one] === wishes[other]);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("webhooks for everybody and for thousands of subaccounts make a route at its first event, and make it once", () => {
  const types = Array.from({ length: 29 }, (_, n) => `type_${n}`);
  const of = (subaccount: number): Routed => ({
    id: randomUUID() as WebhookId,
    partition: 0,
    events: types,
    active: true,
    subaccount,
    exceptionSubaccounts: [],
  });
  const everybodys = Array.from({ length: 500 }, () => of(EVERY_SUBACCOUNT));
  const scoped = Array.from({ length: 5_000 }, (_, n) => of(n + 1));
  const table = buildRoutingTable([...everybodys, ...scoped]);
  // Were all its routes made at once, this test would not end within its time.
  const route = routeOf(table, "type_7", 42);
  expect(idsOf(route)).toHaveLength(501);
  expect(routeOf(table, "type_7", 42)).toBe(route);
  expect(routeOf(table, "type_8", 42)).toBe(route);
});
