import { useState } from "react";
import { CloseButton, Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { count } from "../shared/format-number.ts";
import { STATUS_ORDER, STATUS_WORDS } from "../shared/webhook-status.ts";
import type { WebhookStatus } from "../shared/webhook-status.ts";
import { SORTS } from "./list-query.ts";
import type { ListQuery, Sort } from "./list-query.ts";

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  name: "Name",
  status: "Status, worst first",
  success: "Last success",
  failure: "Last failure",
  backlog: "Back-log, largest first",
  lost: "Lost batches, most first",
};

export interface ListFiltersProps {
  readonly query: ListQuery;
  readonly onChange: (change: Partial<ListQuery>) => void;
  readonly counts: ReadonlyMap<WebhookStatus, number>;
  /** A table is sorted by its headings. */
  readonly withSort: boolean;
}

export function ListFilters({ query, onChange, counts, withSort }: ListFiltersProps) {
  return (
    <Group gap="sm" component="search">
      <SearchField
        maxWidth={withSort ? undefined : 420}
        value={query.search}
        onChange={(search) => onChange({ search, page: 1 })}
      />
      <NativeSelect
        aria-label="Status"
        flex={withSort ? "1 1 8rem" : undefined}
        value={query.status ?? ""}
        onChange={({ currentTarget: { value } }) =>
          onChange({ status: STATUS_ORDER.find((status) => status === value) ?? null, page: 1 })
        }
        data={[
          {
            value: "",
            label: `Every status (${count([...counts.values()].reduce((total, found) => total + found, 0))})`,
          },
          ...STATUS_ORDER.map((status) => ({
            value: status,
            label: `${STATUS_WORDS[status]} (${count(counts.get(status) ?? 0)})`,
          })),
        ]}
      />
      {withSort && (
        <NativeSelect
          aria-label="Sort by"
          flex="1 1 8rem"
          value={query.sort}
          onChange={({ currentTarget: { value } }) =>
            onChange({ sort: SORTS.find((sort) => sort === value) ?? "name", isReversed: false, page: 1 })
          }
          data={SORTS.map((value) => ({ value, label: SORT_WORDS[value] }))}
        />
      )}
    </Group>
  );
}

interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly maxWidth: number | undefined;
}

/** Typing shows at once, and the list follows when the fingers rest. */
function SearchField({ value, onChange, maxWidth }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState({ value, told: value });
  // The way back, or a link, may change it from outside; what comes back of our own may be behind the fingers.
  if (value !== seen.value) {
    setSeen({ value, told: value });
    if (value !== seen.told) setText(value);
  }
  const tell = useDebouncedCallback((told: string) => {
    setSeen((before) => ({ ...before, told }));
    onChange(told);
  }, 150);
  const change = (next: string): void => {
    setText(next);
    tell(next);
  };
  return (
    <TextInput
      type="search"
      aria-label="Search by name, target, id or event type"
      placeholder="Search name, target, event type"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text !== "" && <CloseButton size="sm" aria-label="Clear the search" onClick={() => change("")} />}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      flex="1 1 16rem"
      maw={maxWidth}
    />
  );
}
