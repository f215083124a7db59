import { Table, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { eventWords } from "../shared/event-words.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import type { ListQuery, Sort } from "./list-query.ts";
import { BacklogChart, EventsChart, NameAndTarget, Status } from "./row-parts.tsx";
import type { ListViewProps } from "./webhooks-page.tsx";
import { RowMenu } from "./row-menu.tsx";
import classes from "./webhooks-table.module.css";

/** The columns that sort from the top down: most of them begin with what is largest. */
const ASCENDS: ReadonlySet<Sort> = new Set(["name"]);

export interface WebhooksTableProps extends ListViewProps {
  readonly query: ListQuery;
  readonly onChange: (change: Partial<ListQuery>) => void;
}

export function WebhooksTable({ rows, series, eventTypes, canModify, query, onChange }: WebhooksTableProps) {
  const heading = { query, onChange };
  return (
    <Table.ScrollContainer minWidth={920} className={classes["box"] ?? ""}>
      <Table highlightOnHover verticalSpacing={8} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <SortHeading sort="name" label="Webhook" {...heading} />
            <SortHeading sort="status" label="Status" width={128} {...heading} />
            <Table.Th w={130}>Events for</Table.Th>
            <SortHeading sort="success" label="Last success" width={112} {...heading} />
            <SortHeading sort="failure" label="Last failure" width={112} {...heading} />
            <Table.Th w={118} ta="end">
              Events / min
            </Table.Th>
            <SortHeading sort="backlog" label="Back-log" width={118} isEnd {...heading} />
            {canModify && (
              <Table.Th w={48}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.webhook.id}>
              <Table.Td>
                <NameAndTarget row={row} />
              </Table.Td>
              <Table.Td>
                <Status row={row} />
              </Table.Td>
              <Table.Td>
                <Text size="sm" title={row.webhook.events.join(", ")}>
                  {eventWords(row.webhook.events, eventTypes)}
                </Text>
              </Table.Td>
              <Table.Td className={classes["time"] ?? ""}>
                <RelativeTime at={row.stats?.last_success_at} />
              </Table.Td>
              <Table.Td className={classes["time"] ?? ""}>
                <RelativeTime at={row.stats?.last_failure_at} />
              </Table.Td>
              <Table.Td>
                <EventsChart series={series?.webhooks[row.webhook.id]} view={series} />
              </Table.Td>
              <Table.Td>
                <BacklogChart series={series?.webhooks[row.webhook.id]} row={row} />
              </Table.Td>
              {canModify && (
                <Table.Td>
                  <RowMenu webhook={row.webhook} isPaused={row.stats?.paused ?? row.webhook.paused} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface SortHeadingProps {
  readonly sort: Sort;
  readonly label: string;
  readonly width?: number;
  readonly isEnd?: true;
  readonly query: ListQuery;
  readonly onChange: (change: Partial<ListQuery>) => void;
}

function SortHeading({ sort, label, width, isEnd, query, onChange }: SortHeadingProps) {
  const isCurrent = query.sort === sort;
  const isUp = ASCENDS.has(sort) !== query.isReversed;
  const Arrow = isUp ? IconArrowUp : IconArrowDown;
  return (
    <Table.Th
      w={width}
      aria-sort={isCurrent ? (isUp ? "ascending" : "descending") : undefined}
      ta={isEnd ? "end" : undefined}
    >
      <UnstyledButton
        className={classes["sort"] ?? ""}
        data-end={isEnd}
        onClick={() => onChange({ sort, isReversed: isCurrent && !query.isReversed, page: 1 })}
      >
        {label}
        <Arrow size={14} aria-hidden className={isCurrent ? "" : classes["hidden"]} />
      </UnstyledButton>
    </Table.Th>
  );
}
