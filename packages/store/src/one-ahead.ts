/**
 * The same items, each asked for while the one before is being used. Who stops early does not wait for what was asked for
 * in vain, nor hears of its failure.
 */
export async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  const ask = (): Promise<IteratorResult<T>> => {
    const asked = source.next();
    // It may fail before anybody waits for it.
    asked.catch(() => undefined);
    return asked;
  };
  let asked = ask();
  try {
    for (;;) {
      const result = await asked;
      if (result.done === true) return;
      asked = ask();
      yield result.value;
    }
  } finally {
    source.return(undefined).catch(() => undefined);
  }
}
