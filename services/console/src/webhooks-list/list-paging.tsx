import { Group, NativeSelect, Pagination, Text } from "@mantine/core";
import { count } from "../shared/format-number.ts";
import { PAGE_SIZES } from "./list-query.ts";
import type { ListQuery } from "./list-query.ts";
import type { ListPage } from "./select-rows.ts";

export interface ListPagingProps {
  readonly page: ListPage;
  readonly query: ListQuery;
  readonly onChange: (change: Partial<ListQuery>) => void;
}

export function ListPaging({ page: { found, page, pages, rows }, query, onChange }: ListPagingProps) {
  const first = (page - 1) * query.pageSize + 1;
  return (
    <Group justify="space-between">
      <Text c="dimmed" size="sm" aria-live="polite">
        {found === 0 ? "None" : `${count(first)}–${count(first + rows.length - 1)} of ${count(found)}`}
      </Text>
      {found > PAGE_SIZES[0] && (
        <Group gap="sm">
          <NativeSelect
            size="xs"
            aria-label="Webhooks on a page"
            value={query.pageSize}
            onChange={({ currentTarget: { value } }) =>
              onChange({ pageSize: PAGE_SIZES.find((size) => size === Number(value)) ?? PAGE_SIZES[0], page: 1 })
            }
            data={PAGE_SIZES.map((size) => ({ value: String(size), label: `${size} on a page` }))}
          />
          <Pagination
            size="sm"
            total={pages}
            value={page}
            onChange={(to) => onChange({ page: to })}
            getControlProps={(control) => ({ "aria-label": `${control} page` })}
            getItemProps={(to) => ({ "aria-label": `Page ${to}` })}
          />
        </Group>
      )}
    </Group>
  );
}
