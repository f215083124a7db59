import { trace } from "@opentelemetry/api";
import { destination, pino } from "pino";
import type { Logger } from "pino";
import type { LogLevel } from "./config.ts";
import { errorFields } from "./log-error.ts";

export type Log = Logger;

/**
 * JSON lines on standard output, one per happening: `{"time":…,"level":"info","service":"worker","event":"delivery.attempted",…}`.
 * Written synchronously, so that a crash loses no line. Anything named like a secret is replaced.
 */
export function createLog(service: string, level: LogLevel): Log {
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
      redact: { paths: ["authToken", "*.authToken", "authorization", "*.authorization", "apiKey", "secret"] },
    },
    destination({ dest: 1, sync: true }),
  );
}
