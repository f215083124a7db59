import type { Part } from "../lifecycle.ts";
import type { WarnSparingly } from "../warn-sparingly.ts";
import { startTracing } from "./start-tracing.ts";
import type { Tracing } from "./start-tracing.ts";
import type { TracingConfig } from "./tracing-config.ts";

/** Tracing as a part of a process: begun before, and ended after, what is traced. */
export interface TracingPart extends Part {
  /** `undefined` = nothing is traced, or not yet. */
  readonly current: () => Tracing | undefined;
}

export function createTracingPart(options: {
  readonly config: TracingConfig | undefined;
  readonly serviceName: string;
  readonly warn: WarnSparingly;
}): TracingPart {
  const { config, ...others } = options;
  let tracing: Tracing | undefined;
  return {
    name: "tracing",
    start: async () => {
      if (config !== undefined) tracing = await startTracing({ config, ...others });
    },
    stop: async () => tracing?.stop(),
    current: () => tracing,
  };
}
