import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { Chunk } from "./chunk.ts";
import { CHUNK_BYTES_MAX, groupEvents } from "./group-events.ts";
import type { WebhookId } from "./ids.ts";
import { scanEvents } from "./json/scan-events.ts";
import { buildRoutingTable } from "./routing.ts";
import { PRIMARY_ACCOUNT } from "./subaccount.ts";
import { WEBHOOK_DEFAULTS } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

const TYPES = ["delivery", "bounce", "open", "click", "delay"];

function webhook(events: readonly string[], partition: number, active = true): Webhook {
  return { ...WEBHOOK_DEFAULTS, id: randomUUID() as WebhookId, events, partition, active } as unknown as Webhook;
}

function texts(chunk: Chunk): string[] {
  let start = 0;
  return Array.from({ length: chunk.events }, (_, index) => {
    const end = chunk.ends.readUInt32LE(index * 4);
    const text = chunk.data.toString("utf8", start, end);
    if (index + 1 < chunk.events) expect(chunk.data[end]).toBe(0x2c);
    else expect(end).toBe(chunk.data.length);
    start = end + 1;
    return text;
  });
}

test("every webhook gets exactly the events it wants, in the request's order, byte for byte", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.subarray(TYPES, { minLength: 1 }), fc.integer({ min: 0, max: 2 }), fc.boolean()), {
        maxLength: 6,
      }),
      fc.constantFrom(",", " ,\n"),
      fc.array(fc.tuple(fc.constantFrom(...TYPES, "unknown"), fc.integer({ min: 0, max: 90_000 })), { maxLength: 30 }),
      (definitions, separator, sent) => {
        const webhooks = definitions.map(([events, partition, active]) => webhook(events, partition, active));
        const eventTexts = sent.map(([type, size], n) =>
          JSON.stringify({ msys: { c: { type, n, pad: "x".repeat(size) } } }),
        );
        const body = Buffer.from(`[ ${eventTexts.join(separator)} ]`);
        const scan = scanEvents(body, "json");
        if (scan.kind !== "ok") throw new Error("bad");
        const { byPartition, unrouted } = groupEvents(body, scan.events, buildRoutingTable(webhooks), PRIMARY_ACCOUNT);
        for (const { id, events, partition, active } of webhooks) {
          const groups = (byPartition.get(partition) ?? []).filter((group) => group.webhooks.includes(id));
          const got = groups.flatMap((group) => group.chunks.flatMap(texts));
          const wanted = eventTexts.filter((_, index) => active && events.includes(sent[index]?.[0] ?? ""));
          expect(got.toSorted()).toEqual(wanted.toSorted());
          for (const group of groups) {
            const order = group.chunks.flatMap(texts).map((text) => eventTexts.indexOf(text));
            expect(order).toEqual(order.toSorted((a, b) => a - b));
            for (const chunk of group.chunks) {
              expect(chunk.data.length <= CHUNK_BYTES_MAX || chunk.events === 1).toBe(true);
            }
          }
        }
        const wantedTypes = new Set(webhooks.filter((one) => one.active).flatMap((one) => one.events));
        expect(unrouted).toBe(sent.filter(([type]) => !wantedTypes.has(type)).length);
      },
    ),
    { numRuns: 60 },
  );
});

test("webhooks with the same wishes share one group and one copy of the text", () => {
  const table = buildRoutingTable([webhook(["open", "click"], 0), webhook(["open", "click"], 0)]);
  expect(table.get("open")?.others).toBe(table.get("click")?.others);
  const body = Buffer.from('[{"msys":{"t":{"type":"open"}}},{"msys":{"t":{"type":"click"}}}]');
  const scan = scanEvents(body, "json");
  if (scan.kind !== "ok") throw new Error("bad");
  const groups = groupEvents(body, scan.events, table, PRIMARY_ACCOUNT).byPartition.get(0);
  expect(groups).toHaveLength(1);
  expect(groups?.[0]?.chunks).toHaveLength(1);
  expect(groups?.[0]?.webhooks).toHaveLength(2);
});

test("an event larger than a chunk is a chunk of its own", () => {
  const big = `{"msys":{"t":{"type":"open","pad":"${"x".repeat(CHUNK_BYTES_MAX)}"}}}`;
  const small = '{"msys":{"t":{"type":"open"}}}';
  const body = Buffer.from(`[${small},${big},${small}]`);
  const scan = scanEvents(body, "json");
  if (scan.kind !== "ok") throw new Error("bad");
  const table = buildRoutingTable([webhook(["open"], 0)]);
  const [group] = groupEvents(body, scan.events, table, PRIMARY_ACCOUNT).byPartition.get(0) ?? [];
  expect(group?.chunks.map((chunk) => chunk.events)).toEqual([1, 1, 1]);
});

test("events go to the webhooks of their subaccount; those that name none are the sender's", () => {
  const everybody = webhook(["open"], 0);
  const primary = { ...webhook(["open"], 0), subaccount: 0 };
  const seventh = { ...webhook(["open"], 0), subaccount: 7 };
  const table = buildRoutingTable([everybody, primary, seventh]);
  const fields = ["", ',"subaccount_id":0', ',"subaccount_id":"7"', ',"subaccount_id":7', ',"subaccount_id":"x"'];
  const body = Buffer.from(`[${fields.map((field) => `{"msys":{"t":{"type":"open"${field}}}}`).join()}]`);
  const scan = scanEvents(body, "json");
  if (scan.kind !== "ok") throw new Error("bad");
  const eventsOf = ({ id }: Webhook, sender: number): number =>
    (groupEvents(body, scan.events, table, sender).byPartition.get(0) ?? [])
      .filter((group) => group.webhooks.includes(id))
      .reduce((sum, group) => sum + group.chunks.reduce((count, chunk) => count + chunk.events, 0), 0);
  expect([everybody, primary, seventh].map((one) => eventsOf(one, PRIMARY_ACCOUNT))).toEqual([5, 2, 2]);
  expect([everybody, primary, seventh].map((one) => eventsOf(one, 7))).toEqual([5, 1, 3]);
});
