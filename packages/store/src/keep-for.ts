/** Asks once for all who want to know within `keptMs`, also when the answer is an error. */
export function keepFor<T>(keptMs: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let askedAtMs = -Infinity;
  return () => {
    const nowMs = performance.now();
    if (kept === undefined || nowMs - askedAtMs >= keptMs) {
      askedAtMs = nowMs;
      kept = ask();
    }
    return kept;
  };
}
