import type { IncomingHttpHeaders } from "node:http";

/** What a POST turned out to be. */
export type Received =
  | { readonly kind: "test" }
  | {
      readonly kind: "batch";
      readonly id: string;
      readonly events: number;
      readonly types: ReadonlyMap<string, number>;
    }
  | { readonly kind: "other"; readonly why: string };

/** Reads a POST as a batch: a JSON array of `{"msys":{"<class>":{"type":…}}}` under a batch id. */
export function readBatch(headers: IncomingHttpHeaders, body: Buffer): Received {
  if (body.toString("utf8", 0, 32) === '[{"msys":{}}]') return { kind: "test" };
  const id = headers["x-messagesystems-batch-id"];
  if (typeof id !== "string") return { kind: "other", why: "it has no X-MessageSystems-Batch-ID" };
  let events: unknown;
  try {
    events = JSON.parse(body.toString());
  } catch {
    return { kind: "other", why: "its body is no JSON" };
  }
  if (!Array.isArray(events)) return { kind: "other", why: "its body is no JSON array" };
  const types = new Map<string, number>();
  for (const event of events) {
    const type = typeOf(event);
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  return { kind: "batch", id, events: events.length, types };
}

function typeOf(event: unknown): string {
  const [inner] = Object.values(Object((event as { msys?: unknown } | null)?.msys) as object) as unknown[];
  const type = (inner as { type?: unknown } | null | undefined)?.type;
  return typeof type === "string" ? type : "(no type)";
}
