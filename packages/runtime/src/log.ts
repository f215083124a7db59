import { trace } from "@opentelemetry/api";
import { destination, pino } from "pino";
import type { DestinationStream, Logger } from "pino";
import type { LogLevel } from "./config.ts";
import { errorFields } from "./log-error.ts";
import { createScrub } from "./scrub.ts";

export type Log = Logger;

interface LogOptions {
  /** Whatever happens, no line holds one of these. */
  readonly secrets?: readonly string[];
  /** Standard output unless given. */
  readonly output?: DestinationStream;
}

/**
 * JSON lines on standard output, one per happening: `{"time":…,"level":"info","service":"worker","event":"delivery.attempted",…}`.
 * Written synchronously, so that a crash loses no line. What may be a secret is replaced.
 */
export function createLog(service: string, level: LogLevel, { secrets = [], output }: LogOptions = {}): Log {
  return pino(
    {
      level,
      base: { service },
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Nothing unless somebody traces.
      mixin: () => {
        const span = trace.getActiveSpan()?.spanContext();
        return span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId };
      },
      serializers: { err: errorFields },
      hooks: { streamWrite: createScrub(secrets) },
    },
    output ?? destination({ dest: 1, sync: true }),
  );
}
