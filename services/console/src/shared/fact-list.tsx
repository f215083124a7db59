import type { ReactNode } from "react";
import classes from "./fact-list.module.css";

/** Names and values of one thing; short ones, such as numbers, stand closer. */
export function FactList({ children, isShort }: { readonly children: ReactNode; readonly isShort?: true }) {
  return (
    <dl className={classes["list"]} data-short={isShort}>
      {children}
    </dl>
  );
}

export interface FactProps {
  readonly label: string;
  readonly children: ReactNode;
  /** Has a row of its own. */
  readonly isLong?: true;
}

export function Fact({ label, children, isLong }: FactProps) {
  return (
    <div className={classes["fact"]} data-long={isLong}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
