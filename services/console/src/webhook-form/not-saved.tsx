import { ErrorNotice } from "../shared/error-notice.tsx";
import type { Refusal } from "./refusal.ts";
import { useFocusAfterTry } from "./use-focus-after-try.ts";

export interface NotSavedProps {
  readonly refusal: Extract<Refusal, { readonly kind: "outside" }>;
  /** Counts the tries to send the form that failed. */
  readonly tries: number;
}

/** Why the form was not saved though nothing in it is to be mended. */
export function NotSaved({ refusal: { error, title }, tries }: NotSavedProps) {
  const box = useFocusAfterTry(tries);
  return (
    <div ref={box} tabIndex={-1}>
      <ErrorNotice error={error} title={title} />
    </div>
  );
}
