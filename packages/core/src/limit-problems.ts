import type { Problem } from "./problem.ts";

/** A body of a hundred thousand mistakes gets no answer of that length. */
const PROBLEMS_MAX = 100;

/** The first problems, and how many more there are. */
export function limitProblems(problems: readonly Problem[]): readonly Problem[] {
  const left = problems.length - PROBLEMS_MAX;
  if (left <= 0) return problems;
  return [...problems.slice(0, PROBLEMS_MAX), { message: `There are ${left} more problems: mend these first` }];
}
