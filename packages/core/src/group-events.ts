import type { Chunk } from "./chunk.ts";
import type { WebhookId } from "./ids.ts";
import type { ScannedEvents } from "./json/scan-events.ts";
import type { Route, RoutingTable } from "./routing.ts";
import { UNNAMED_SUBACCOUNT } from "./subaccount.ts";
import type { Webhook } from "./webhook.ts";

/** A chunk's text is cut at this size, at an event's end; a larger event is a chunk of its own. */
export const CHUNK_BYTES_MAX = 256 * 1024;

const COMMA = 0x2c;

/** The events of one request, sorted by who wants them. */
export interface GroupedEvents {
  /** Partition → groups; the same chunk may be in several partitions. */
  readonly byPartition: ReadonlyMap<number, readonly EventGroup[]>;
  /** How many events nobody wants. */
  readonly unrouted: number;
}

export interface EventGroup {
  readonly webhooks: readonly WebhookId[];
  readonly chunks: readonly Chunk[];
}

/**
 * Groups the events by the set of webhooks that want them; inside a group the request's order is kept. Events that
 * name no subaccount are those of `subaccount`.
 */
export function groupEvents(
  body: Buffer,
  events: ScannedEvents,
  table: RoutingTable,
  subaccount: number,
): GroupedEvents {
  const routesOfType = events.typeNames.map((type) => table.get(type));
  const members = new Map<Route, number[]>();
  let unrouted = 0;
  for (let index = 0; index < events.count; index++) {
    const routes = routesOfType[events.types[index] as number];
    let route = routes?.others;
    if (routes?.namesSubaccounts === true) {
      const named = events.subaccounts[index] as number;
      route = routes.routeOf(named === UNNAMED_SUBACCOUNT ? subaccount : named);
    }
    if (route === undefined) {
      unrouted++;
      continue;
    }
    const list = members.get(route);
    if (list === undefined) members.set(route, [index]);
    else list.push(index);
  }
  const byPartition = new Map<number, EventGroup[]>();
  for (const [route, indexes] of members) {
    const chunks = cutChunks(body, events, indexes);
    for (const [partition, webhooks] of route.byPartition) {
      const groups = byPartition.get(partition);
      if (groups === undefined) byPartition.set(partition, [{ webhooks, chunks }]);
      else groups.push({ webhooks, chunks });
    }
  }
  return { byPartition, unrouted };
}

/** All of the events for one webhook, whatever it wants. */
export function groupForOne(
  body: Buffer,
  events: ScannedEvents,
  { id, partition }: Pick<Webhook, "id" | "partition">,
): GroupedEvents {
  const indexes = Array.from({ length: events.count }, (_, index) => index);
  const group = { webhooks: [id], chunks: cutChunks(body, events, indexes) };
  return { byPartition: new Map([[partition, [group]]]), unrouted: 0 };
}

/** The texts of the events at `indexes` in chunks, joined by commas; parts of the body where they stand there so. */
export function cutChunks(body: Buffer, events: ScannedEvents, indexes: readonly number[]): Chunk[] {
  const chunks: Chunk[] = [];
  let from = 0;
  while (from < indexes.length) {
    let bytes = 0;
    let to = from;
    while (to < indexes.length) {
      const size = sizeOf(events, indexes[to] as number) + (to > from ? 1 : 0);
      if (to > from && bytes + size > CHUNK_BYTES_MAX) break;
      bytes += size;
      to++;
    }
    chunks.push(joinTexts(body, events, indexes, from, to, bytes));
    from = to;
  }
  return chunks;
}

function sizeOf(events: ScannedEvents, index: number): number {
  return (events.ends[index] as number) - (events.starts[index] as number);
}

function joinTexts(
  body: Buffer,
  events: ScannedEvents,
  indexes: readonly number[],
  from: number,
  to: number,
  bytes: number,
): Chunk {
  const ends = Buffer.allocUnsafe((to - from) * 4);
  let at = 0;
  for (let position = from; position < to; position++) {
    at += sizeOf(events, indexes[position] as number) + (position > from ? 1 : 0);
    ends.writeUInt32LE(at, (position - from) * 4);
  }
  if (isJoined(body, events, indexes, from, to)) {
    const start = events.starts[indexes[from] as number] as number;
    return { data: body.subarray(start, start + bytes), ends, events: to - from };
  }
  const data = Buffer.allocUnsafe(bytes);
  at = 0;
  for (let position = from; position < to; position++) {
    const index = indexes[position] as number;
    if (position > from) data[at++] = COMMA;
    at += body.copy(data, at, events.starts[index], events.ends[index]);
  }
  return { data, ends, events: to - from };
}

/** True when the events stand in the body as in a chunk: one behind the other with a comma between. */
function isJoined(body: Buffer, events: ScannedEvents, indexes: readonly number[], from: number, to: number): boolean {
  for (let position = from + 1; position < to; position++) {
    const endBefore = events.ends[indexes[position - 1] as number] as number;
    if (events.starts[indexes[position] as number] !== endBefore + 1 || body[endBefore] !== COMMA) return false;
  }
  return true;
}
