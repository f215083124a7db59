import { setTimeout as delay } from "node:timers/promises";
import { context, diag, DiagLogLevel, propagation, trace } from "@opentelemetry/api";
import type { Span, SpanOptions, Tracer } from "@opentelemetry/api";
import { VERSION } from "../config.ts";
import type { WarnSparingly } from "../warn-sparingly.ts";
import { createGivenIds } from "./given-ids.ts";
import type { SpanIds } from "./given-ids.ts";
import type { TracingConfig } from "./tracing-config.ts";

export interface Tracing {
  readonly tracer: Tracer;
  /** Starts the first span of a trace under ids that others know too. */
  startRoot(name: string, ids: SpanIds, options: SpanOptions): Span;
  /** Sends what has not been sent yet, for some seconds at most. */
  stop(): Promise<void>;
}

interface TracingOptions {
  readonly config: TracingConfig;
  /** Unless `OTEL_SERVICE_NAME` says something else. */
  readonly serviceName: string;
  readonly warn: WarnSparingly;
}

const STOP_PATIENCE_MS = 3_000;

/**
 * Loads OpenTelemetry's SDK and makes it what its API, which does nothing by itself, talks to. Samplers, headers, limits and
 * the like are as the SDK finds them in the standard variables of the environment.
 */
export async function startTracing({ config, serviceName, warn }: TracingOptions): Promise<Tracing> {
  const [{ BasicTracerProvider, BatchSpanProcessor, RandomIdGenerator }, resources, core, contexts, exporter] =
    await Promise.all([
      import("@opentelemetry/sdk-trace-base"),
      import("@opentelemetry/resources"),
      import("@opentelemetry/core"),
      import("@opentelemetry/context-async-hooks"),
      createExporter(config),
    ]);
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
  const told = (message: string): void => warn(new Error(message), "tracing.failed");
  const silent = (): void => undefined;
  diag.setLogger(
    { error: told, warn: told, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const ids = createGivenIds(new RandomIdGenerator());
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": serviceName, "service.version": VERSION }))
      .merge(detectResources({ detectors: [envDetector] })),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const manager = new contexts.AsyncLocalStorageContextManager().enable();
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(manager);
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  const tracer = provider.getTracer("posthorn", VERSION);
  return {
    tracer,
    startRoot: (name, given, options) => ids.withIds(given, () => tracer.startSpan(name, { ...options, root: true })),
    stop: async () => {
      const late = delay(STOP_PATIENCE_MS, "late" as const, { ref: false });
      // What cannot be sent is told of as any other failure to send.
      const ended = await Promise.race([provider.shutdown().catch(told), late]);
      if (ended === "late") told(`the last spans were not sent within ${STOP_PATIENCE_MS} ms`);
      for (const part of [trace, context, propagation, diag]) part.disable();
    },
  };
}

async function createExporter({ url, protocol }: TracingConfig) {
  switch (protocol) {
    case "http/protobuf":
      return new (await import("@opentelemetry/exporter-trace-otlp-proto")).OTLPTraceExporter({ url });
    case "http/json":
      return new (await import("@opentelemetry/exporter-trace-otlp-http")).OTLPTraceExporter({ url });
  }
}
