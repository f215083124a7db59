import { Anchor, Table, VisuallyHidden } from "@mantine/core";
import type { BatchView, WebhookView } from "@posthorn/api/views";
import { bytes, count } from "../shared/format-number.ts";
import { BatchButtons } from "./batch-buttons.tsx";
import { AttemptCount, LastAttempt, StateBadge } from "./batch-parts.tsx";
import { NextAttempt } from "./batch-time.tsx";
import classes from "./batches.module.css";
import type { Situation } from "./situation.ts";

export interface BatchesViewProps {
  readonly webhook: WebhookView;
  readonly batches: readonly BatchView[];
  readonly situation: Situation;
  readonly canModify: boolean;
  readonly onOpen: (batch: string) => void;
}

export function BatchesTable({ webhook, batches, situation, canModify, onOpen }: BatchesViewProps) {
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table verticalSpacing={6} className={classes["table"] ?? ""}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Batch</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th ta="end">Events</Table.Th>
            <Table.Th ta="end">Size</Table.Th>
            <Table.Th>Attempts</Table.Th>
            <Table.Th>Next try</Table.Th>
            <Table.Th w="100%">Last attempt</Table.Th>
            {canModify && (
              <Table.Th>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {batches.map((batch) => (
            <Table.Tr key={batch.id}>
              <Table.Td>
                <BatchLink batch={batch} onOpen={onOpen} />
              </Table.Td>
              <Table.Td>
                <StateBadge batch={batch} />
              </Table.Td>
              <Table.Td ta="end">{count(batch.events)}</Table.Td>
              <Table.Td ta="end" className={classes["whole"] ?? ""}>
                {bytes(batch.body_bytes)}
              </Table.Td>
              <Table.Td className={classes["whole"] ?? ""}>
                <AttemptCount batch={batch} />
              </Table.Td>
              <Table.Td className={classes["whole"] ?? ""}>
                <NextAttempt batch={batch} isFailing={situation.isFailing} />
              </Table.Td>
              <Table.Td>
                <LastAttempt batch={batch} />
              </Table.Td>
              {canModify && (
                <Table.Td>
                  <BatchButtons webhook={webhook} situation={situation} batch={batch} isShort />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Opens a batch; a batch is known by the beginning of its id, as commits are. */
export function BatchLink({ batch, onOpen }: { readonly batch: BatchView } & Pick<BatchesViewProps, "onOpen">) {
  return (
    <Anchor
      component="button"
      underline="hover"
      type="button"
      ff="monospace"
      title={batch.id}
      aria-label={`Attempts of batch ${batch.id.slice(0, 8)}`}
      onClick={() => onOpen(batch.id)}
    >
      {batch.id.slice(0, 8)}
    </Anchor>
  );
}
