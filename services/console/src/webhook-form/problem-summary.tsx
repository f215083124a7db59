import { Alert, Anchor, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { counted } from "../shared/format-number.ts";
import { labelOf } from "./field-problems.ts";
import type { FieldProblem } from "./field-problems.ts";
import { fieldId, focusField } from "./form-part.ts";
import { useFocusAfterTry } from "./use-focus-after-try.ts";
import classes from "./problem-summary.module.css";

export interface ProblemSummaryProps {
  readonly problems: readonly FieldProblem[];
  /** Counts the tries to send the form that failed. */
  readonly tries: number;
}

/** All that keeps the form from being sent, each with a link to its field. */
export function ProblemSummary({ problems, tries }: ProblemSummaryProps) {
  const box = useFocusAfterTry(tries);
  if (problems.length === 0) return null;
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      role="alert"
      color="red"
      variant="outline"
      icon={<IconAlertTriangle aria-hidden />}
      title={`${counted(problems.length, "thing")} to mend first`}
    >
      <ul className={classes["list"]}>
        {problems.map((problem) => (
          <li key={`${problem.field} ${problem.message}`}>
            <Problem problem={problem} />
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Problem({ problem: { field, message, description } }: { readonly problem: FieldProblem }) {
  if (field === undefined) {
    return (
      <>
        <Text className="ph-break">{message}</Text>
        {description !== undefined && (
          <Text size="sm" c="dimmed" className="ph-break">
            {description}
          </Text>
        )}
      </>
    );
  }
  const text = description === undefined ? message : `${message} ${description}`;
  return (
    <Anchor
      underline="always"
      href={`#${fieldId(field)}`}
      className="ph-break"
      onClick={(event) => {
        event.preventDefault();
        focusField(field);
      }}
    >
      {labelOf(field)}: {text}
    </Anchor>
  );
}
