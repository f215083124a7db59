import type { ReactNode } from "react";
import { Paper, Skeleton } from "@mantine/core";
import classes from "./stat-tiles.module.css";

/** Numbers that tell at a glance how things stand. */
export function StatTiles({ children, label }: { readonly children: ReactNode; readonly label: string }) {
  return (
    <section aria-label={label}>
      <dl className={classes["tiles"]}>{children}</dl>
    </section>
  );
}

export interface StatTileProps {
  readonly label: string;
  /** `undefined` until it is known. */
  readonly value: ReactNode;
  readonly unit?: string;
  readonly detail?: ReactNode;
  /** Said by the words too. */
  readonly tone?: "good" | "warn" | "bad" | undefined;
}

export function StatTile({ label, value, unit, detail, tone }: StatTileProps) {
  return (
    <Paper className={classes["tile"] ?? ""} px="md" py="sm" data-tone={tone}>
      <dt>{label}</dt>
      <dd>
        {value === undefined ? (
          <Skeleton h={26} w={90} my={5} />
        ) : (
          <span className={classes["value"]}>
            {value}
            {unit !== undefined && <small> {unit}</small>}
          </span>
        )}
        <div className={classes["detail"]}>{value === undefined ? <Skeleton h={12} w={120} my={4} /> : detail}</div>
      </dd>
    </Paper>
  );
}
