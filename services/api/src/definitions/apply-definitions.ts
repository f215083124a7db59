import { DomainError, openReadable, planDefinitions } from "@posthorn/core";
import type { DefinitionsFile, DefinitionsMode, DefinitionsReport, DefinitionStep, Webhook } from "@posthorn/core";
import type { Log } from "@posthorn/runtime";
import type { Lock } from "@posthorn/store";
import { createWebhook, updateWebhook } from "../webhooks/change-webhook.ts";
import type { ChangeDeps } from "../webhooks/change-webhook.ts";
import { unknownWebhook } from "../webhooks/find-webhook.ts";
import { inParallel } from "./in-parallel.ts";
import { logStep } from "./log-step.ts";
import { reportOf } from "./report.ts";
import type { StepResult } from "./report.ts";

export interface DefinitionsDeps extends ChangeDeps {
  readonly definitionsLock: Lock;
  readonly log: Pick<Log, "info" | "warn" | "debug">;
}

export interface ApplyOptions {
  readonly mode: DefinitionsMode;
  /** Whether a failing test POST keeps its webhook from being stored; the others are all the same. */
  readonly insist: boolean;
  /** How long another file that is being applied is waited for. */
  readonly patienceMs: number;
  /** Nothing more is begun after it has aborted. */
  readonly signal?: AbortSignal;
}

/** Many targets that do not answer are not to hold up a start one after the other. */
const STEPS_AT_A_TIME = 16;

/** What a file would change. Throws `INVALID` with every problem of the file. */
export async function dryRun(
  deps: ChangeDeps,
  file: DefinitionsFile,
  mode: DefinitionsMode,
): Promise<DefinitionsReport> {
  const steps = await planNow(deps, file, mode);
  return reportOf(
    steps.map((step) => ({ kind: "done", step, changed: undefined })),
    { isDryRun: true },
  );
}

/**
 * Makes the webhooks as a file says, while no other process applies one. Throws `INVALID` with every problem of the
 * file, and then nothing was changed; `UNAVAILABLE` while another one is being applied.
 */
export async function applyDefinitions(
  deps: DefinitionsDeps,
  file: DefinitionsFile,
  { patienceMs, signal, ...options }: ApplyOptions,
): Promise<DefinitionsReport> {
  const held = await deps.definitionsLock.hold(
    { patienceMs, ...(signal === undefined ? {} : { signal }) },
    async (lost) => {
      const stop = signal === undefined ? lost : AbortSignal.any([lost, signal]);
      const steps = await planNow(deps, file, options.mode);
      const takeAndLog = async (step: DefinitionStep): Promise<StepResult> => {
        const result = await takeStep(deps, step, options);
        logStep(deps.log, result);
        return result;
      };
      // A renamed webhook is to have its successor before it goes, so that no event falls between the two.
      const removals = steps.filter(({ kind }) => kind === "remove");
      const others = steps.filter(({ kind }) => kind !== "remove");
      const results = await inParallel(others, STEPS_AT_A_TIME, stop, takeAndLog);
      return reportOf([...results, ...(await inParallel(removals, STEPS_AT_A_TIME, stop, takeAndLog))], {
        isDryRun: false,
      });
    },
  );
  if (held.kind === "held") return held.value;
  throw new DomainError(
    "UNAVAILABLE",
    [{ message: "Another file of definitions is being applied: repeat the request" }],
    { retryAfterSeconds: 5 },
  );
}

async function planNow(
  { definitions, box, isKnownEventType, now, generateSecret }: ChangeDeps,
  file: DefinitionsFile,
  mode: DefinitionsMode,
): Promise<readonly DefinitionStep[]> {
  const webhooks = await definitions.list();
  const plan = planDefinitions({
    file,
    existing: webhooks.map((webhook) => ({ webhook, settings: openReadable(webhook, box) })),
    mode,
    tools: { isKnownEventType, nowMs: now(), generateSecret },
  });
  if (plan.kind === "bad") throw new DomainError("INVALID", plan.problems);
  return plan.steps;
}

async function takeStep(
  deps: ChangeDeps,
  step: DefinitionStep,
  options: Pick<ApplyOptions, "mode" | "insist">,
): Promise<StepResult> {
  try {
    return await take(deps, step, options);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { kind: "failed", step, problems: error.problems };
  }
}

async function take(
  deps: ChangeDeps,
  step: DefinitionStep,
  { mode, insist }: Pick<ApplyOptions, "mode" | "insist">,
): Promise<StepResult> {
  const { definitions, mirror } = deps;
  const isProvided = mode === "provision";
  switch (step.kind) {
    case "unchanged":
      return { kind: "done", step, changed: undefined };
    case "create": {
      const owner = isProvided ? "file" : "api";
      const changed = await createWebhook(deps, step.body, {
        id: step.id,
        owner,
        scope: undefined,
        insist,
        anyName: true,
      });
      return { kind: "done", step, changed };
    }
    case "update": {
      const find = async (): Promise<Webhook> => {
        const webhook = await definitions.get(step.id);
        if (webhook === undefined) throw unknownWebhook();
        return webhook;
      };
      const options = { insist, scope: undefined, anyName: true, ...(isProvided ? { owner: "file" as const } : {}) };
      return { kind: "done", step, changed: await updateWebhook(deps, find, step.body, options) };
    }
    case "remove": {
      const write = await definitions.remove(step.id);
      if (write.kind === "written") await mirror.awaitActivation(write.version);
      return { kind: "done", step, changed: undefined };
    }
  }
}
