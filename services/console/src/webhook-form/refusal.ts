import type { Problem } from "@posthorn/api/views";
import { ApiError, problemsOf } from "../api/api-error.ts";

/** Why a form was not saved. */
export type Refusal =
  /** Something in the form is to be mended. */
  | { readonly kind: "form"; readonly problems: readonly Problem[] }
  /** The form may be as good as it is: it can be sent again once what is outside of it is mended. */
  | { readonly kind: "outside"; readonly error: unknown; readonly title: string };

export function refusalOf(error: unknown): Refusal {
  const status = error instanceof ApiError ? error.status : undefined;
  if (status === 400) return { kind: "form", problems: problemsOf(error) };
  return { kind: "outside", error, title: titleOf(status) };
}

function titleOf(status: number | undefined): string {
  if (status === 0) return "This is not known to be saved";
  return status === 404 ? "Nothing was saved: the webhook was deleted meanwhile" : "Nothing was saved";
}
