import { createReadStream } from "node:fs";
import { delaysWithin } from "./life.ts";
import { createMailServer } from "./mail-server.ts";
import type { Origin } from "./options.ts";
import { seededRandom } from "./random.ts";

/** An event on its way to Posthorn: its text without the line end, and its type for the summary. */
export interface OutgoingEvent {
  readonly type: string;
  readonly text: Uint8Array;
}

const LINE_FEED = 0x0a;

/** How many events `origin` will give in all; `null` = only its end tells. */
export function totalOf(origin: Origin): number | null {
  return origin.kind === "file" ? null : Math.max(1, Math.round((origin.eventsPerSecond * origin.durationMs) / 1_000));
}

/** The events of `origin`, one by one. A mail server's carry the times at which its rate makes them due. */
export async function* eventsOf(origin: Origin, startMs: number): AsyncGenerator<OutgoingEvent> {
  if (origin.kind === "file") {
    for await (const line of linesOf(origin.path)) yield { type: typeOf(line), text: line };
    return;
  }
  const { seed, lifeMs, eventsPerSecond } = origin;
  const server = createMailServer({ random: seededRandom(seed), startMs, delays: delaysWithin(lifeMs) });
  const total = totalOf(origin) ?? 0;
  for (let sent = 0; sent < total; sent += 1) {
    const { type, text } = server.next(startMs + Math.floor((sent * 1_000) / eventsPerSecond));
    yield { type, text: Buffer.from(text) };
  }
}

/** The lines of a file that are not blank, byte for byte; `-` is the standard input. */
async function* linesOf(path: string): AsyncGenerator<Uint8Array> {
  const parts: AsyncIterable<Buffer> = path === "-" ? process.stdin : createReadStream(path);
  let rest: Buffer[] = [];
  for await (const part of parts) {
    let from = 0;
    for (let end = part.indexOf(LINE_FEED); end !== -1; end = part.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([...rest, part.subarray(from, end)]);
      rest = [];
      from = end + 1;
      if (!isBlank(line)) yield line;
    }
    if (from < part.length) rest.push(part.subarray(from));
  }
  const last = Buffer.concat(rest);
  if (!isBlank(last)) yield last;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

/** The `type` of an event's text, for counting only: whether the text is a good event is the server's to say. */
function typeOf(line: Uint8Array): string {
  try {
    const { msys } = JSON.parse(Buffer.from(line).toString()) as { readonly msys: Record<string, { type?: unknown }> };
    const type = Object.values(msys)[0]?.type;
    return typeof type === "string" ? type : "(no type)";
  } catch {
    return "(unreadable)";
  }
}
