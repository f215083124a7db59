/** What an acknowledged event is to survive, beyond what Redis does by itself. */
export type Durability =
  | { readonly kind: "as-found" }
  | { readonly kind: "fsync" }
  | { readonly kind: "replica"; readonly replicas: number };

/** `fsync`, or `replica:2`. */
export function parseDurability(text: string): Durability | undefined {
  if (text === "fsync") return { kind: "fsync" };
  const replicas = Number(/^replica:(\d{1,3})$/.exec(text)?.[1]);
  return replicas >= 1 ? { kind: "replica", replicas } : undefined;
}
