import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../plan/fault.ts";
import type { Target } from "../targets/target.ts";
import type { Installation, Member } from "./installation.ts";

/** What a fault may take longer than planned without a word of it. */
const SLOW_MS = 1_000;

/** A fault as it was: from when to when, on the clock of the run. */
export interface Injected {
  readonly fault: Fault;
  readonly beganAtMs: number;
  endedAtMs: number | undefined;
}

export interface Injector {
  /** Plays the plan; resolves when the last fault has ended. */
  play(plan: readonly Fault[]): Promise<void>;
  readonly injected: readonly Injected[];
  /** What went wrong while something was stopped or started. */
  readonly failures: readonly string[];
}

interface InjectorOptions {
  readonly installation: Installation;
  readonly targets: ReadonlyMap<string, Target>;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export function createInjector({ installation, targets, now, signal, say }: InjectorOptions): Injector {
  const { redis, members } = installation;
  const injected: Injected[] = [];
  const failures: string[] = [];
  /** For each target, when the faults so far have ended: a real machine may be slower than the plan. */
  const lines = new Map<string, Promise<void>>();

  const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal }).catch(() => undefined);

  const memberNamed = (name: string): Member => {
    const found = members.find((member) => member.name === name);
    if (found === undefined) throw new Error(`the plan names ${name}, which there is not`);
    return found;
  };

  const onRedis = async (fault: Fault): Promise<void> => {
    switch (fault.kind) {
      case "kill":
        await redis.kill("SIGKILL");
        await wait(fault.forMs);
        await redis.start();
        return;
      case "freeze":
        await redis.kill("SIGSTOP");
        await wait(fault.forMs);
        await redis.kill("SIGCONT");
        return;
      case "restart":
        await redis.kill("SIGTERM");
        await redis.start();
        return;
      case "cut":
      case "refuse":
      case "half-open":
      case "latency":
      case "power-cut":
      case "silence":
        throw new Error(`${fault.kind} cannot happen to Redis`);
    }
  };

  const inject = async (fault: Fault): Promise<void> => {
    if (fault.target === "redis") return onRedis(fault);
    switch (fault.kind) {
      case "kill": {
        const { service } = memberNamed(fault.target);
        await service.kill();
        await wait(fault.forMs);
        service.start();
        return;
      }
      case "freeze": {
        const { service } = memberNamed(fault.target);
        service.freeze();
        await wait(fault.forMs);
        service.thaw();
        return;
      }
      case "restart": {
        const { service } = memberNamed(fault.target);
        const wrong = await service.terminate({ mayRelease: true });
        if (wrong !== undefined) failures.push(wrong);
        service.start();
        return;
      }
      case "cut":
        memberNamed(fault.target).proxy.cut();
        return;
      case "refuse": {
        const { proxy } = memberNamed(fault.target);
        await proxy.refuse();
        await wait(fault.forMs);
        await proxy.heal();
        return;
      }
      case "half-open": {
        const { proxy } = memberNamed(fault.target);
        proxy.halfOpen();
        await wait(fault.forMs);
        await proxy.heal();
        return;
      }
      case "latency": {
        const { proxy } = memberNamed(fault.target);
        proxy.latency(fault.latencyMs);
        await wait(fault.forMs);
        // What was done and not answered yet will be done again.
        proxy.cut();
        await proxy.heal();
        return;
      }
      case "power-cut":
        await Promise.all([redis.kill("SIGKILL"), ...members.map(({ service }) => service.kill())]);
        await wait(fault.forMs);
        await redis.start();
        for (const { service } of members) service.start();
        return;
      case "silence": {
        const target = targets.get(fault.target);
        await target?.stop();
        await wait(fault.forMs);
        await target?.start();
        return;
      }
    }
  };

  const run = async (fault: Fault): Promise<void> => {
    const one: Injected = { fault, beganAtMs: now(), endedAtMs: undefined };
    injected.push(one);
    say(describeFault(fault));
    try {
      await inject(fault);
    } catch (error) {
      failures.push(`${describeFault(fault)}: ${error instanceof Error ? error.message : String(error)}`);
    }
    one.endedAtMs = now();
    if (one.endedAtMs - one.beganAtMs > fault.forMs + SLOW_MS) say(`  ended only now: ${describeFault(fault)}`);
  };

  const linesOf = ({ kind, target }: Fault): readonly string[] =>
    kind === "power-cut" ? ["redis", ...members.map(({ name }) => name)] : [target];

  return {
    injected,
    failures,
    play: async (plan) => {
      const all: Promise<void>[] = [];
      for (const fault of plan) {
        await wait(Math.max(0, fault.atMs - now()));
        if (signal.aborted) break;
        const before = Promise.all(linesOf(fault).map((line) => lines.get(line) ?? Promise.resolve()));
        const done = before.then(() => run(fault));
        for (const line of linesOf(fault)) lines.set(line, done);
        all.push(done);
      }
      await Promise.all(all);
    },
  };
}

export function describeFault(fault: Fault): string {
  const how = fault.kind === "latency" ? ` of ${fault.latencyMs} ms each way` : "";
  return `${fault.kind} ${fault.target}${how}${fault.forMs > 0 ? ` for ${fault.forMs} ms` : ""}`;
}
