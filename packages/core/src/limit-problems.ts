import type { Problem } from "./problem.ts";

/** A body of a hundred thousand mistakes gets no answer of that length. */
const PROBLEMS_MAX = 100;
/** Whoever has found more than this need not look on. */
export const COUNTED_MAX = 1_000;

/** The first problems, and how many more there are. */
export function limitProblems(problems: readonly Problem[]): readonly Problem[] {
  const left = problems.length - PROBLEMS_MAX;
  if (left <= 0) return problems;
  const more = problems.length > COUNTED_MAX ? `over ${COUNTED_MAX - PROBLEMS_MAX}` : left;
  return [...problems.slice(0, PROBLEMS_MAX), { message: `There are ${more} more problems: mend these first` }];
}
