import { Group, Text } from "@mantine/core";
import { bytes, counted } from "../shared/format-number.ts";
import { BatchButtons } from "./batch-buttons.tsx";
import { AttemptCount, LastAttempt, StateBadge } from "./batch-parts.tsx";
import { NextAttempt } from "./batch-time.tsx";
import classes from "./batches.module.css";
import { BatchLink } from "./batches-table.tsx";
import type { BatchesViewProps } from "./batches-table.tsx";

/** The batches on a narrow screen. */
export function BatchCards({ webhook, batches, situation, canModify, onOpen }: BatchesViewProps) {
  return (
    <ul className={classes["cards"]}>
      {batches.map((batch) => (
        <li key={batch.id} className={classes["card"]}>
          <Group justify="space-between">
            <BatchLink batch={batch} onOpen={onOpen} />
            <StateBadge batch={batch} />
          </Group>
          <Text size="sm">
            {counted(batch.events, "event")}, {bytes(batch.body_bytes)} · attempts: <AttemptCount batch={batch} />
          </Text>
          <Text size="sm">
            {batch.ended_at === null && "Next try: "}
            <NextAttempt batch={batch} isFailing={situation.isFailing} />
          </Text>
          <LastAttempt batch={batch} />
          {canModify && <BatchButtons webhook={webhook} situation={situation} batch={batch} />}
        </li>
      ))}
    </ul>
  );
}
