import { createHash } from "node:crypto";

/** A batch is halved at most this often, see `splitFloorBytes`. */
const DEPTH_MAX = 8;

/** The id of a half (0 or 1) of a batch that was split; as `uuid` in `partition.lua` makes it, told independently. */
export function halfId(parent: string, half: 0 | 1): string {
  const h = createHash("sha1").update(`${parent}:${half}`).digest("hex");
  const variant = "89ab"[Number.parseInt(h.charAt(16), 16) % 4] ?? "";
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** Tells whether a batch came from another one by splits, however many generations of it nobody has seen. */
export function createKinship(): (ancestor: string, descendant: string) => boolean {
  const descendants = new Map<string, Set<string>>();
  const allOf = (id: string): Set<string> => {
    let known = descendants.get(id);
    if (known === undefined) {
      known = new Set();
      let generation = [id];
      for (let depth = 0; depth < DEPTH_MAX; depth++) {
        generation = generation.flatMap((parent) => [halfId(parent, 0), halfId(parent, 1)]);
        for (const one of generation) known.add(one);
      }
      descendants.set(id, known);
    }
    return known;
  };
  return (ancestor, descendant) => allOf(ancestor).has(descendant);
}
