import type { Problem } from "@posthorn/api/views";

interface Verdicts {
  /** What the newest check has found. */
  readonly checked: readonly Problem[];
  /** Whether it was made of the form as it is now. */
  readonly isChecked: boolean;
  /** Why the form as it is now was refused when it was sent; `undefined` = it was not, or was changed since. */
  readonly refused: readonly Problem[] | undefined;
}

/**
 * What is wrong with the form as it is now. While somebody types, an older check stands until the next one comes. A
 * refusal of this very form is newer than that, and it alone knows what no check finds, such as a store that is away.
 */
export function definitionProblems({ checked, isChecked, refused }: Verdicts): readonly Problem[] {
  if (refused === undefined) return checked;
  return isChecked ? [...checked, ...refused.filter(({ param }) => param === undefined)] : refused;
}
