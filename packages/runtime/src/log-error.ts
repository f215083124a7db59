import { stdSerializers } from "pino";

/** Beside its words, what may be said of an error. */
const TELLING = ["code", "syscall", "address", "port"] as const;

/**
 * What a log line tells of an error: nothing that is not listed here. The error of a Redis command brings along the
 * command's arguments, which are events, or the password of Redis.
 */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(error));
  const { name } = ("command" in error ? error.command : {}) as { readonly name?: unknown };
  return {
    type,
    message,
    stack,
    ...Object.fromEntries(TELLING.map((key) => [key, fields[key]])),
    ...(typeof name === "string" ? { command: name } : {}),
  };
}
