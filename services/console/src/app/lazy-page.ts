import type { ComponentType } from "react";
import { loadChunk } from "./page-load-error.ts";

/**
 * A page that is a chunk of its own, for a route. Once that did not come, it is not asked for again in this document: its
 * style sheets would be left out, since they count as fetched, and after an upgrade it has another name. The page is
 * loaded anew instead, see `PageAway`.
 */
export function lazyPage(load: () => Promise<ComponentType>): () => Promise<{ readonly Component: ComponentType }> {
  let loading: Promise<ComponentType> | undefined;
  return async () => ({ Component: await (loading ??= loadChunk(load)) });
}
