import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Context, Span, SpanContext } from "@opentelemetry/api";

/** Does the work as that of the span, which ends with it. */
export async function inSpan<T>(
  span: Span,
  work: (span: Span) => Promise<T>,
  parent: Context = context.active(),
): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    // Its words only: what else there is of it may be what nobody is to see.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** The `traceparent` of the span that is active now; `undefined` where there is none that anybody will see. */
export function activeTraceparent(): string | undefined {
  if (trace.getActiveSpan()?.isRecording() !== true) return undefined;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** The context that these headers of a request carry on. */
export function contextOf(headers: Readonly<Record<string, string | string[] | undefined>>): Context {
  const { traceparent, tracestate } = headers;
  return propagation.extract(ROOT_CONTEXT, { traceparent, tracestate });
}

/** The span that a `traceparent` names. */
export function spanContextOf(traceparent: string): SpanContext | undefined {
  return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent }));
}
