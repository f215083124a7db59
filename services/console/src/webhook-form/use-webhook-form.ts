import { useMemo, useState } from "react";
import { useMutation } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { webhookPath } from "../api/webhook-queries.ts";
import { definitionProblems } from "./definition-problems.ts";
import { fieldProblem, inFormOrder, ownProblems } from "./field-problems.ts";
import type { FieldProblem } from "./field-problems.ts";
import type { FormPart } from "./form-part.ts";
import type { WebhookFormValues } from "./form-values.ts";
import { refusalOf } from "./refusal.ts";
import { testPostFailure } from "./test-post-failure.ts";
import { useWebhookCheck } from "./use-webhook-check.ts";
import { visibleProblems } from "./visible-problems.ts";
import { createBody, updateBody } from "./webhook-body.ts";

/** What create and update answer. */
export interface SavedWebhook {
  readonly id: string;
  /** A signing secret that was made: it is in this answer and never again. */
  readonly signing?: { readonly secret: string };
}

export interface WebhookFormOptions {
  /** `undefined` = a webhook is created. */
  readonly webhookId: string | undefined;
  readonly before: WebhookFormValues;
  /** The types of the catalogue. */
  readonly known: readonly string[];
  readonly onSaved: (saved: SavedWebhook) => void;
}

type Progress = "open" | "saving" | "saved";

/** All that the form knows: what is in it, what of that is wrong, and the call that saves it. */
export function useWebhookForm({ webhookId, before, known, onSaved }: WebhookFormOptions) {
  const api = useApi();
  const [values, setValues] = useState(before);
  const [tries, setTries] = useState(0);

  const changes = useMemo(() => updateBody(before, values, known), [before, values, known]);
  const body = webhookId === undefined ? createBody(values, known) : changes;
  const call =
    webhookId === undefined
      ? ({ method: "POST", kind: "target", path: "/webhooks", body } as const)
      : ({ method: "PUT", kind: "target", path: webhookPath(webhookId), body } as const);

  const check = useWebhookCheck(webhookId, body);
  const saving = useMutation({
    mutationFn: (made: typeof call) => api.results<SavedWebhook>(made),
    onSuccess: onSaved,
    onError: () => setTries((count) => count + 1),
  });
  const refusal = saving.error === null ? undefined : refusalOf(saving.error);
  const refused = refusal?.kind === "form" ? refusal.problems : [];
  const failure = testPostFailure(refused);
  const isRefusedAsItIs = saving.isError && JSON.stringify(saving.variables.body) === JSON.stringify(body);

  const found = [
    ...ownProblems(values),
    ...definitionProblems({
      checked: check.problems,
      isChecked: check.isCurrent,
      // A test POST is sent only for what is as it should be.
      refused: isRefusedAsItIs ? (failure === undefined ? refused : []) : undefined,
    }).map((problem) => fieldProblem(problem, values)),
  ];
  const shown = inFormOrder(withoutRepetition(visibleProblems(found, { values, before, isSubmitted: tries > 0 })));

  const part: FormPart = {
    values,
    set: (name, value) => setValues((now) => ({ ...now, [name]: value })),
    problemAt: (field) => shown.find((problem) => problem.field === field)?.message,
  };

  const progress: Progress = saving.isPending ? "saving" : saving.isSuccess ? "saved" : "open";
  const submit = (): void => {
    // The form is there until the next page is: a second click would create a second webhook.
    if (progress !== "open") return;
    if (ownProblems(values).length > 0) {
      setTries((count) => count + 1);
      return;
    }
    saving.mutate(call);
  };

  return {
    part,
    call,
    changed: Object.keys(changes),
    check,
    failure,
    /** Where the call is: `saved` until the form makes way for what comes next. */
    progress,
    /** Why it was not saved, when that is nothing to mend in the form. */
    outside: refusal?.kind === "outside" ? refusal : undefined,
    submit,
    /** What the summary lists: before the first try only what stands beside no field. */
    summary: tries > 0 ? shown : shown.filter(({ field }) => field === undefined),
    tries,
  };
}

function withoutRepetition(problems: readonly FieldProblem[]): FieldProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ field, message }) => {
    const said = `${field} ${message}`;
    if (seen.has(said)) return false;
    seen.add(said);
    return true;
  });
}
