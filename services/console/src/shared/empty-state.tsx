import type { ReactNode } from "react";
import { Stack, Text, Title } from "@mantine/core";
import classes from "./empty-state.module.css";

export interface EmptyStateProps {
  readonly title: string;
  /** Says what to do next. */
  readonly children: ReactNode;
  readonly icon?: ReactNode;
  readonly actions?: ReactNode;
}

/** In place of a list that has nothing in it. */
export function EmptyState({ title, children, icon, actions }: EmptyStateProps) {
  return (
    <Stack align="center" gap="sm" className={classes["box"]}>
      {icon !== undefined && (
        <span className={classes["icon"]} aria-hidden>
          {icon}
        </span>
      )}
      <Title order={2}>{title}</Title>
      <Text c="dimmed" ta="center" maw={460} component="div">
        {children}
      </Text>
      {actions}
    </Stack>
  );
}
