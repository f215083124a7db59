import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Link, Span } from "@opentelemetry/api";
import { activeTraceparent, inSpan, spanContextOf, startBatchSpan } from "@posthorn/runtime";
import type { Tracing } from "@posthorn/runtime";
import type { Batches, Leased } from "@posthorn/store";
import type { AttemptInput } from "./attempt.ts";

/** What makes attempts visible to whoever follows an event through the processes. */
export interface AttemptTracing {
  /** Makes the attempt as a span below its batch's, linked with the requests that its events came with. */
  traced<T>(input: AttemptInput, attempt: () => Promise<T>): Promise<T>;
  /** Tells what came of the attempt that is under way; the fields are those of its log line. */
  ended(leased: Leased, fields: Readonly<Record<string, unknown>>, nowMs: number): void;
  /** What a target is shown, if it is to be shown anything. */
  traceparent(): string | undefined;
}

interface AttemptTracingDeps {
  readonly batches: Pick<Batches, "traces">;
  /** `TRACE_TARGETS` */
  readonly showsTargets: boolean;
}

/** `undefined` = nothing is traced. */
export function createAttemptTracing(
  tracing: Tracing | undefined,
  { batches, showsTargets }: AttemptTracingDeps,
): AttemptTracing | undefined {
  if (tracing === undefined) return undefined;
  /** The spans of the batches whose attempts are under way. */
  const open = new Map<string, Span>();

  const linksOf = async ({ partition, leased }: AttemptInput): Promise<Link[]> => {
    // What cannot be linked is delivered all the same.
    const traces = await batches.traces(partition, leased.batch).catch((): string[] => []);
    return traces.flatMap((text) => {
      const context = spanContextOf(text);
      return context === undefined ? [] : [{ context }];
    });
  };

  return {
    traced: async (input, attempt) => {
      const { leased, lane, partition, viaJob } = input;
      const job = viaJob ? trace.getActiveSpan()?.spanContext() : undefined;
      const links = await linksOf(input);
      const batchSpan = startBatchSpan(tracing, leased, links);
      open.set(leased.batch, batchSpan);
      const parent = trace.setSpan(ROOT_CONTEXT, batchSpan);
      const span = tracing.tracer.startSpan(
        "attempt",
        {
          kind: SpanKind.CLIENT,
          attributes: {
            "posthorn.webhook": leased.webhook,
            "posthorn.batch": leased.batch,
            "posthorn.attempt": leased.attempt,
            "posthorn.lane": lane,
            "posthorn.partition": partition,
          },
          links: [...links, ...(job === undefined ? [] : [{ context: job }])],
        },
        parent,
      );
      try {
        return await inSpan(span, attempt, parent);
      } finally {
        open.delete(leased.batch);
      }
    },
    ended: (leased, fields, nowMs) => {
      const span = trace.getActiveSpan();
      const { verdict, outcome, status, error, bodyBytes } = fields;
      span?.setAttributes({ "posthorn.outcome": String(outcome), "posthorn.verdict": String(verdict) });
      span?.setAttribute("http.request.body.size", Number(bodyBytes));
      if (typeof status === "number") span?.setAttribute("http.response.status_code", status);
      if (verdict === "delivered") {
        const batchSpan = open.get(leased.batch);
        batchSpan?.setAttributes({ "posthorn.fate": "delivered", "posthorn.attempts": leased.attempt });
        batchSpan?.end(nowMs);
      } else {
        span?.setStatus({ code: SpanStatusCode.ERROR, message: typeof error === "string" ? error : String(outcome) });
      }
    },
    traceparent: () => (showsTargets ? activeTraceparent() : undefined),
  };
}
