import type { ApiKey, ApiKeyId } from "@posthorn/core";
import type { Log } from "@posthorn/runtime";
import type { ApiKeys } from "@posthorn/store";

/** This process' knowledge of all stored keys. The mirror has it read anew whenever something has changed. */
export interface KeyRing {
  reload(): Promise<void>;
  /** The key as it is known now; `undefined` when there is none, or none any more. */
  find(id: ApiKeyId): ApiKey | undefined;
  /** Has it remembered that the key was used, soon and without making anybody wait. */
  noteUsed(id: ApiKeyId): void;
}

/** A busy key would else be written about at every request. */
const NOTE_EVERY_MS = 60_000;

interface KeyRingOptions {
  readonly apiKeys: Pick<ApiKeys, "list" | "noteUsed">;
  readonly log: Pick<Log, "warn">;
  /** A clock that only runs forward. */
  readonly monotonicMs: () => number;
}

export function createKeyRing({ apiKeys, log, monotonicMs }: KeyRingOptions): KeyRing {
  let keys: ReadonlyMap<ApiKeyId, ApiKey> = new Map();
  const notedAtMs = new Map<ApiKeyId, number>();

  return {
    reload: async () => {
      keys = new Map((await apiKeys.list()).map((key) => [key.id, key]));
      for (const id of notedAtMs.keys()) if (!keys.has(id)) notedAtMs.delete(id);
    },
    find: (id) => keys.get(id),
    noteUsed: (id) => {
      const nowMs = monotonicMs();
      if (nowMs - (notedAtMs.get(id) ?? -Infinity) < NOTE_EVERY_MS) return;
      notedAtMs.set(id, nowMs);
      apiKeys.noteUsed(id).catch((error: unknown) => log.warn({ err: error, key: id }, "key.use-not-noted"));
    },
  };
}
