/**
 * Does the work for all items, so many at a time, and resolves to what came of them, in their order. After a failure,
 * or once `signal` has aborted, none is begun any more; it rejects when those that were begun have ended.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let hasFailed = false;
  const take = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (hasFailed) return;
      try {
        signal.throwIfAborted();
        results[index] = await work(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  for (const end of await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, take))) {
    if (end.status === "rejected") throw end.reason;
  }
  return results;
}
