/** A process of Posthorn, or its Redis. */
export type ProcessName = `api-${number}` | `worker-${number}` | "redis";
/** A process that reaches Redis over a proxy of its own. */
export type ServiceName = Exclude<ProcessName, "redis">;

/** What happens to one target. */
export type FaultAction =
  /** SIGKILL; started again after the fault's time. */
  | { readonly kind: "kill"; readonly target: ProcessName }
  /** SIGSTOP, and SIGCONT after the fault's time. */
  | { readonly kind: "freeze"; readonly target: ProcessName }
  /** SIGTERM; started again when it has ended. */
  | { readonly kind: "restart"; readonly target: ProcessName }
  /** All connections to Redis are reset once. */
  | { readonly kind: "cut"; readonly target: ServiceName }
  /** Connections to Redis are reset and new ones refused. */
  | { readonly kind: "refuse"; readonly target: ServiceName }
  /** The connections that there are swallow what is sent, and stay. */
  | { readonly kind: "half-open"; readonly target: ServiceName }
  /** Each request to Redis and each reply takes this much longer; at the end, what is on its way is lost. */
  | { readonly kind: "latency"; readonly target: ServiceName; readonly latencyMs: number }
  /** SIGKILL to everything at once, Redis included. */
  | { readonly kind: "power-cut"; readonly target: "everything" }
  /** A receiver does not listen. */
  | { readonly kind: "silence"; readonly target: string };

export type FaultKind = FaultAction["kind"];

/** Planned from the start of the run; a fault waits until the one before has left its target. */
export type Fault = FaultAction & { readonly atMs: number; readonly forMs: number };

/** Whether nothing at all can be delivered meanwhile. */
export function isOutage({ kind, target }: FaultAction): boolean {
  return kind === "power-cut" || target === "redis";
}
