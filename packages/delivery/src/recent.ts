/** A map that keeps what was used last and lets go of the rest. */
export interface Recent<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  values(): Iterable<Value>;
}

export function createRecent<Key, Value>(kept: number): Recent<Key, Value> {
  const entries = new Map<Key, Value>();
  // A map remembers in which order its entries came.
  const put = (key: Key, value: Value): void => {
    entries.delete(key);
    entries.set(key, value);
  };
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value !== undefined) put(key, value);
      return value;
    },
    set: (key, value) => {
      put(key, value);
      const [oldest] = entries.keys();
      if (entries.size > kept && oldest !== undefined) entries.delete(oldest);
    },
    values: () => entries.values(),
  };
}
