import type { ReactNode } from "react";
import classes from "./fact-list.module.css";

/** Names and values of one thing. */
export function FactList({ children }: { readonly children: ReactNode }) {
  return <dl className={classes["list"]}>{children}</dl>;
}

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes["fact"]}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
