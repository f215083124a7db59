import { SpanKind } from "@opentelemetry/api";
import type { Request, Response } from "express";
import { activeTraceparent, contextOf, inSpan } from "@posthorn/runtime";
import type { Tracing } from "@posthorn/runtime";
import type { Append } from "@posthorn/store";

/** Takes the events of one request. */
export type TakeEvents = (request: Request, response: Response) => Promise<void>;

/** The same as a span, in the trace that the sender has begun, if it says so. */
export function tracedIngest(tracing: Tracing | undefined, take: TakeEvents): TakeEvents {
  if (tracing === undefined) return take;
  return (request, response) => {
    const parent = contextOf(request.headers);
    const path = request.originalUrl.split("?", 1)[0] ?? "";
    const attributes = {
      "http.request.method": request.method,
      "url.path": path,
      "posthorn.request_id": String(response.locals["requestId"]),
    };
    const span = tracing.tracer.startSpan(`${request.method} ${path}`, { kind: SpanKind.SERVER, attributes }, parent);
    return inSpan(
      span,
      async () => {
        await take(request, response);
        span.setAttribute("http.response.status_code", response.statusCode);
      },
      parent,
    );
  };
}

/** The same with a span for each append, which attempts of the events are linked with. */
export function tracedAppend(tracing: Tracing | undefined, append: Append): Append {
  if (tracing === undefined) return append;
  return (request) => {
    const attributes = {
      "posthorn.partition": request.partition,
      "posthorn.events": request.groups.reduce(
        (sum, { chunks }) => sum + chunks.reduce((events, chunk) => events + chunk.events, 0),
        0,
      ),
    };
    const span = tracing.tracer.startSpan("append", { kind: SpanKind.PRODUCER, attributes });
    return inSpan(span, () => append({ ...request, trace: activeTraceparent() }));
  };
}
