/** Ids of a span that several processes know without telling each other. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** An id generator of OpenTelemetry. */
interface IdGenerator {
  generateTraceId(): string;
  generateSpanId(): string;
}

/** Generates ids at random, but for a span that is started by `withIds`: that gets those given. */
export function createGivenIds(random: IdGenerator): IdGenerator & {
  withIds<T>(ids: SpanIds, start: () => T): T;
} {
  let given: SpanIds | undefined;
  return {
    generateTraceId: () => given?.traceId ?? random.generateTraceId(),
    generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    withIds: (ids, start) => {
      given = ids;
      try {
        return start();
      } finally {
        given = undefined;
      }
    },
  };
}
