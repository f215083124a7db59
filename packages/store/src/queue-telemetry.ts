import { SpanKind } from "bullmq";
import type { Telemetry } from "bullmq";

/** What BullMQ tells of its work to OpenTelemetry; `undefined` where nothing is traced. */
export type QueueTelemetry = Telemetry | undefined;

/**
 * Spans of adding jobs and of taking them, which carry on the trace of whoever added them. What BullMQ does all the time,
 * whether there are jobs or not, makes none.
 */
export async function createQueueTelemetry(): Promise<Telemetry> {
  const [{ BullMQOtel }, { ROOT_CONTEXT }] = await Promise.all([import("bullmq-otel"), import("@opentelemetry/api")]);
  const { tracer, contextManager } = new BullMQOtel({ tracerName: "posthorn" });
  return {
    tracer: {
      startSpan: (name, options, context) =>
        options?.kind === SpanKind.INTERNAL ? UNSEEN : tracer.startSpan(name, options, context),
    },
    contextManager: {
      with: (context, work) => contextManager.with(context, work),
      active: () => contextManager.active(),
      // Loops that live long begin no trace that grows with them.
      root: () => ROOT_CONTEXT,
      getMetadata: (context) => contextManager.getMetadata(context),
      fromMetadata: (active, metadata) => contextManager.fromMetadata(active, metadata),
    },
  };
}

const nothing = (): void => undefined;
const UNSEEN: ReturnType<Telemetry["tracer"]["startSpan"]> = {
  setSpanOnContext: (context) => context,
  setAttribute: nothing,
  setAttributes: nothing,
  addEvent: nothing,
  recordException: nothing,
  end: nothing,
};
